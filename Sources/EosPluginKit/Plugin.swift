import CEos
import Glibc

/// A plugin: one for each shared object.
///
///     let plugin = Plugin(id: "org.example.models", version: "1.0.0", licence: "MIT", objectives: [Bowl.self])
///
///     @c @implementation
///     public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
public struct Plugin: @unchecked Sendable {
    /// The C tables; never freed.
    public let table: UnsafePointer<eos_plugin>
    public let objectiveFactory: UnsafePointer<eos_objective_factory>
    public let policyFactory: UnsafePointer<eos_policy_factory>

    /// - Parameters:
    ///   - id: reverse DNS: "org.example.models".
    ///   - version: of the plugin: "1.2.0".
    ///   - licence: an SPDX expression.
    public init(
        id: String, version: String, licence: String, objectives: [any ObjectiveFunction.Type] = [],
        policies: [any StepSizePolicy.Type] = []
    ) {
        objectiveFactory = makeObjectiveFactory(Registry(objectives, objectives.map { $0.descriptor }))
        policyFactory = makePolicyFactory(Registry(policies, policies.map { $0.descriptor }))

        var row = sized(eos_plugin())
        row.abi_major = UInt16(EOS_ABI_MAJOR)
        row.abi_minor = UInt16(EOS_ABI_MINOR)
        row.id = immortalCString(id)
        row.version = immortalCString(version)
        row.licence = immortalCString(licence)
        row.toolchain = immortalCString("Swift, standard library \(_SwiftStdlibVersion.current)")
        row.get_factory = { factory($0) }
        table = immortal(row)
    }

    /// What `eos_plugin_entry` returns: the table, or nil for a host of another ABI major.
    public func entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? {
        guard hostABI >> 16 == UInt32(EOS_ABI_MAJOR) else { return nil }
        guard let first = entered else {
            entered = self
            return table
        }
        return first.table
    }
}

/// The plugin of this shared object: get_factory has no context to find it by. Written once, in the first call of the
/// entry, before which a host can't have anything else of the plugin to call.
private nonisolated(unsafe) var entered: Plugin?

private func factory(_ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
    guard let id, let entered else { return nil }
    if strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 { return UnsafeRawPointer(entered.objectiveFactory) }
    if strcmp(id, EOS_POLICY_FACTORY) == 0 { return UnsafeRawPointer(entered.policyFactory) }
    return nil
}

/// The context of a factory: what it can make.
private final class Registry<Made> {
    let types: [Made]
    let descriptors: UnsafeMutableBufferPointer<eos_descriptor>

    init(_ types: [Made], _ descriptors: [Descriptor]) {
        self.types = types
        self.descriptors = .allocate(capacity: descriptors.count)
        _ = self.descriptors.initialize(from: descriptors.map { $0.immortal() })
    }

    func descriptor(_ index: Int64) -> UnsafePointer<eos_descriptor>? {
        guard index >= 0, index < types.count else { return nil }
        return UnsafePointer(descriptors.baseAddress.unsafelyUnwrapped + Int(index))
    }

    func type(_ id: UnsafePointer<CChar>?) throws(PluginError) -> Made {
        guard let id, let index = descriptors.firstIndex(where: { strcmp($0.id, id) == 0 }) else {
            let ids = descriptors.map { String(cString: $0.id) }.joined(separator: ", ")
            throw PluginError(
                EOS_E_NOT_FOUND, "\(id.map { String(cString: $0) } ?? "NULL") is unknown; this plugin has \(ids)")
        }
        return types[index]
    }
}

private typealias ObjectiveRegistry = Registry<any ObjectiveFunction.Type>
private typealias PolicyRegistry = Registry<any StepSizePolicy.Type>

private func registry<Made>(_ context: UnsafeMutableRawPointer?, _: Registry<Made>.Type) -> Registry<Made> {
    Unmanaged<Registry<Made>>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
}

private func makeObjectiveFactory(_ made: ObjectiveRegistry) -> UnsafePointer<eos_objective_factory> {
    var factory = sized(eos_objective_factory())
    factory.ctx = Unmanaged.passRetained(made).toOpaque()
    factory.count = { Int64(registry($0, ObjectiveRegistry.self).types.count) }
    factory.descriptor = { registry($0, ObjectiveRegistry.self).descriptor($1) }
    factory.create = { context, host, id, configuration, ops, box in
        create(host, configuration, ops, box) { (configuration, host) throws in
            let type = try registry(context, ObjectiveRegistry.self).type(id)
            return try makeObjective(type, configuration: configuration, host: host)
        }
    }
    return immortal(factory)
}

private func makePolicyFactory(_ made: PolicyRegistry) -> UnsafePointer<eos_policy_factory> {
    var factory = sized(eos_policy_factory())
    factory.ctx = Unmanaged.passRetained(made).toOpaque()
    factory.count = { Int64(registry($0, PolicyRegistry.self).types.count) }
    factory.descriptor = { registry($0, PolicyRegistry.self).descriptor($1) }
    factory.create = { context, host, id, configuration, ops, box in
        create(host, configuration, ops, box) { (configuration, host) throws in
            let type = try registry(context, PolicyRegistry.self).type(id)
            return try makePolicy(type, configuration: configuration, host: host)
        }
    }
    return immortal(factory)
}

private func create<Ops>(
    _ host: UnsafePointer<eos_host>?, _ configuration: OpaquePointer?,
    _ ops: UnsafeMutablePointer<UnsafePointer<Ops>?>?, _ box: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ make: (ConfigReader, HostServices) throws -> (ops: UnsafePointer<Ops>, box: UnsafeMutableRawPointer)
) -> eos_status {
    guard let host, let ops, let box else { return eos_status(EOS_E_INVALID) }
    let services = HostServices(table: host)
    return services.attempting {
        let made = try make(ConfigReader(host: host, configuration: configuration), services)
        (ops.pointee, box.pointee) = (made.ops, made.box)
    }
}
