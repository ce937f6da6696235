import CEos

/// What the C calls must know of a policy before they know its type. First in every box.
@usableFromInline
struct PolicyHead {
    @usableFromInline let host: HostServices
    // As in ObjectiveHead: the virtual table through which the C calls reach the code compiled for the type.
    let type: any StepSizePolicy.Type
}

/// The `self` of a policy's C table.
@usableFromInline
struct PolicyBox<P: StepSizePolicy> {
    @usableFromInline let head: PolicyHead
    /// What `reset` goes back to.
    let initial: P
    @usableFromInline var policy: P

    init(head: PolicyHead, policy: P) {
        self.head = head
        initial = policy
        self.policy = policy
    }

    @inlinable
    static func at(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<PolicyBox<P>> {
        pointer.assumingMemoryBound(to: PolicyBox<P>.self)
    }
}

/// Without state to save, and with; never freed: the entries find the type in the box.
private nonisolated(unsafe) let policyTables: UnsafePointer<eos_policy_ops> = {
    let tables = UnsafeMutablePointer<eos_policy_ops>.allocate(capacity: 2)
    tables.initialize(to: policyTable(stateful: false))
    (tables + 1).initialize(to: policyTable(stateful: true))
    return UnsafePointer(tables)
}()

/// Makes a policy of `type` and its box.
func makePolicy<P: StepSizePolicy>(
    _ type: P.Type, configuration: ConfigReader, host: HostServices
) throws -> (ops: UnsafePointer<eos_policy_ops>, box: UnsafeMutableRawPointer) {
    let policy = try P(configuration: configuration, host: host)
    let box = UnsafeMutablePointer<PolicyBox<P>>.allocate(capacity: 1)
    box.initialize(to: PolicyBox(head: PolicyHead(host: host, type: type), policy: policy))
    return (policyTables + (type is any StatefulPolicy.Type ? 1 : 0), UnsafeMutableRawPointer(box))
}

/// Every box begins with its head.
@inline(__always)
private func kind(_ box: UnsafeMutableRawPointer?) -> any StepSizePolicy.Type {
    box.unsafelyUnwrapped.assumingMemoryBound(to: PolicyHead.self).pointee.type
}

private func policyTable(stateful: Bool) -> eos_policy_ops {
    var ops = sized(eos_policy_ops())
    ops.destroy = { if let box = $0 { destroy(kind(box), box) } }
    ops.propose = { kind($0)._propose($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped) }
    ops.judge = {
        kind($0)._judge($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped, $3.unsafelyUnwrapped)
    }
    ops.needs = { needs(kind($0), $0.unsafelyUnwrapped) }
    ops.accepted = { kind($0)._accepted($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped) }
    ops.reset = { reset(kind($0), $0.unsafelyUnwrapped) }
    ops.history = { historyPairs(kind($0), $0.unsafelyUnwrapped) }
    ops.direct = {
        kind($0)._direct($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped, $3.unsafelyUnwrapped)
    }
    if stateful {
        ops.save = { box, stream in
            let type = kind(box) as! any StatefulPolicy.Type
            return save(type, box.unsafelyUnwrapped, stream.unsafelyUnwrapped)
        }
        ops.load = { box, stream in
            let type = kind(box) as! any StatefulPolicy.Type
            return load(type, box.unsafelyUnwrapped, stream.unsafelyUnwrapped)
        }
    }
    return ops
}

// The rest is called rarely: run-time generics will do.

private func destroy<P: StepSizePolicy>(_: P.Type, _ pointer: UnsafeMutableRawPointer) {
    let box = PolicyBox<P>.at(pointer)
    box.deinitialize(count: 1)
    box.deallocate()
}

private func needs<P: StepSizePolicy>(_: P.Type, _ pointer: UnsafeMutableRawPointer) -> UInt32 {
    PolicyBox<P>.at(pointer).pointee.policy.needs.rawValue
}

private func historyPairs<P: StepSizePolicy>(_: P.Type, _ pointer: UnsafeMutableRawPointer) -> UInt32 {
    UInt32(clamping: PolicyBox<P>.at(pointer).pointee.policy.historyPairs)
}

private func reset<P: StepSizePolicy>(_: P.Type, _ pointer: UnsafeMutableRawPointer) -> eos_status {
    let box = PolicyBox<P>.at(pointer)
    box.pointee.policy = box.pointee.initial
    return eos_status(EOS_OK)
}

private func save<P: StatefulPolicy>(
    _: P.Type, _ pointer: UnsafeMutableRawPointer, _ stream: UnsafePointer<eos_writer>
) -> eos_status {
    let box = PolicyBox<P>.at(pointer)
    var writer = StateWriter(stream)
    return box.pointee.head.host.attempting { try box.pointee.policy.save(to: &writer) }
}

private func load<P: StatefulPolicy>(
    _: P.Type, _ pointer: UnsafeMutableRawPointer, _ stream: UnsafePointer<eos_reader>
) -> eos_status {
    let box = PolicyBox<P>.at(pointer)
    var reader = StateReader(stream)
    return box.pointee.head.host.attempting {
        var copy = box.pointee.policy
        try copy.load(from: &reader)
        box.pointee.policy = copy
    }
}
