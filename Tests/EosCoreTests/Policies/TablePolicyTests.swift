import CEos
import EosCore
import Testing

/// A built-in policy behind a C table, as a plugin would bring it.
private final class Box {
    var policy: any Policy
    var failure: eos_status = 0

    init(_ policy: any Policy) { self.policy = policy }
}

private func box(_ instance: UnsafeMutableRawPointer?) -> Box {
    Unmanaged<Box>.fromOpaque(instance!).takeUnretainedValue()
}

/// Runs `body`; what it throws becomes a status.
private func status(_ body: () throws(EosError) -> Void) -> eos_status {
    do throws(EosError) { try body() } catch { return error.status }
    return eos_status(EOS_OK)
}

private func table() -> eos_policy_ops {
    var ops = eos_policy_ops()
    ops.struct_size = UInt32(MemoryLayout<eos_policy_ops>.size)
    ops.destroy = { Unmanaged<Box>.fromOpaque($0!).release() }
    ops.needs = { box($0).policy.needs.rawValue }
    ops.history = { UInt32(box($0).policy.historyPairs) }
    ops.direct = { instance, iterate, history, factors in
        status { () throws(EosError) in
            let pairs = Int(history!.pointee.pairs)
            let count = (2 * pairs + 1) * (2 * pairs + 1)
            let products = Array(UnsafeBufferPointer(start: history!.pointee.products, count: count))
            let direction = try box(instance).policy.direct(
                IterateScalars(iterate!), HistoryProducts(pairs: pairs, values: products))
            for (i, factor) in direction.enumerated() { factors![i] = factor }
        }
    }
    ops.propose = { instance, iterate, step in
        if box(instance).failure != 0 { return box(instance).failure }
        return status { () throws(EosError) in
            step!.pointee = try box(instance).policy.propose(IterateScalars(iterate!))
        }
    }
    ops.judge = { instance, iterate, trial, verdict in
        status { () throws(EosError) in
            switch try box(instance).policy.judge(IterateScalars(iterate!), trial!.pointee) {
            case .tryStep(let step):
                verdict!.pointee.action = Int32(EOS_TRY)
                verdict!.pointee.step = step
            case .accept(let step, let reason):
                verdict!.pointee.action = Int32(EOS_ACCEPT)
                verdict!.pointee.step = step
                verdict!.pointee.reason = reason.rawValue
            }
        }
    }
    ops.accepted = { instance, iterate, trial in
        status { () throws(EosError) in try box(instance).policy.accepted(IterateScalars(iterate!), trial!.pointee) }
    }
    ops.reset = { instance in status { () throws(EosError) in try box(instance).policy.reset() } }
    ops.save = { instance, writer in
        guard let bytes = try? box(instance).policy.save() else { return eos_status(EOS_E_FAILED) }
        // In small parts, as a stream may be written.
        for byte in bytes {
            if writer!.pointee.write(writer!.pointee.ctx, [byte], 1) != 1 { return eos_status(EOS_E_IO) }
        }
        return eos_status(EOS_OK)
    }
    ops.load = { instance, reader in
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 5)
        while case let count = reader!.pointee.read(reader!.pointee.ctx, &buffer, 5), count > 0 {
            bytes += buffer.prefix(Int(count))
        }
        return bytes.withUnsafeBytes { bytes in status { () throws(EosError) in try box(instance).policy.load(bytes) } }
    }
    return ops
}

@Suite struct TablePolicyTests {
    @Test func aTableIsAsGoodAsThePolicy() throws {
        for (id, keys) in policyCases {
            let plain = try Trained(.rosenbrock(), try policy(id, keys), "stop.iterations=20")
            _ = failure { try plain.run() }
            var ops = table()
            func tabled() throws -> TablePolicy {
                try TablePolicy(ops: &ops, instance: Unmanaged.passRetained(Box(try policy(id, keys))).toOpaque())
            }
            let first = try Trained(.rosenbrock(), try tabled(), "stop.iterations=20 stop.evaluations=7")
            _ = failure { try first.run() }
            let second = try Trained(.rosenbrock(), try tabled(), "stop.iterations=20")
            try second.trainer.load(try reread(try first.trainer.save()))
            if second.stop == .evaluations { try second.trainer.resume() }
            _ = failure { try second.run() }
            #expect(second.current == plain.current, "\(id) \(keys)")
            #expect(second.trainer.progress.value_evaluations == plain.trainer.progress.value_evaluations)
        }
    }

    @Test func tablesAreChecked() throws {
        func error(_ change: (inout eos_policy_ops) -> Void) -> Failure {
            var ops = table()
            change(&ops)
            let instance = Unmanaged.passRetained(Box(ClosurePolicy { _ in 1 })).toOpaque()
            return failure {
                _ = try Trained(.rosenbrock(), try TablePolicy(ops: &ops, instance: instance), "stop.iterations=2")
                    .run()
            }
        }
        #expect(error { $0.propose = nil }.status == EOS_E_PLUGIN)
        #expect(error { $0.judge = nil }.message.contains("lacks propose or judge"))
        #expect(error { $0.load = nil }.message.contains("one of save and load"))
        #expect(error { $0.direct = nil }.message.contains("of history and direct"))
        #expect(error { $0.history = { _ in 101 } }.message.contains("requests 101 pairs; request at most 100"))
        #expect(
            error {
                $0.history = { _ in 2 }
                $0.direct = { _, _, _, _ in eos_status(EOS_OK) }
            }.message.contains("direct returned the factors [nan]"))
        #expect(
            error {
                $0.history = { _ in 2 }
                $0.direct = { _, _, _, _ in eos_status(EOS_E_FAILED) }
            }
                == Failure(status: EOS_E_FAILED, message: "the policy's direct returned -12 and set no error message"))
        // A table cut before its optional functions does without them.
        #expect(
            error {
                $0.struct_size = UInt32(MemoryLayout<eos_policy_ops>.offset(of: \.needs)!)
                $0.judge = { _, _, trial, verdict in
                    verdict!.pointee.action = Int32(EOS_ACCEPT)
                    verdict!.pointee.step = 1e-4
                    return eos_status(EOS_OK)
                }
            } == Failure())
        #expect(
            error {
                $0.judge = { _, _, _, verdict in
                    verdict!.pointee.action = 9
                    return eos_status(EOS_OK)
                }
            }.message == "the policy's judge returned the action 9; it must be EOS_TRY or EOS_ACCEPT")
        #expect(
            error { $0.propose = { _, _, _ in eos_status(EOS_E_FAILED) } }
                == Failure(
                    status: EOS_E_FAILED, message: "the policy's propose returned -12 and set no error message"))
        // A step that was never set is not taken for one.
        #expect(error { $0.propose = { _, _, _ in eos_status(EOS_OK) } }.message.contains("returned the step nan"))
    }
}
