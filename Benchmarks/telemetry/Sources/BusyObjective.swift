import CEos
import EosCore
import Glibc

/// |x|^2/2 in a thousand dimensions, whose evaluation takes a given time of a processor.
final class BusyObjective {
    static let dimension = 1000
    private let rounds: Int
    private var noise = 1.0

    private init(rounds: Int) { self.rounds = rounds }

    /// - Parameter seconds: what an evaluation is to take, on this machine as it is now.
    static func make(seconds: Double) throws(EosError) -> any Objective {
        let probe = BusyObjective(rounds: 1_000_000)
        let times = (0..<9).map { _ in
            let start = now()
            probe.work()
            return now() - start
        }.sorted()
        precondition(probe.noise > 0)
        let rounds = Int(seconds / (times[0] / 1_000_000))
        return try table(Unmanaged.passRetained(BusyObjective(rounds: rounds)).toOpaque())
    }

    private static func table(_ instance: UnsafeMutableRawPointer) throws(EosError) -> any Objective {
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { Unmanaged<BusyObjective>.fromOpaque($0!).release() }
        ops.describe = { _, out in
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = Int64(BusyObjective.dimension)
            out!.pointee.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE)
            return eos_status(EOS_OK)
        }
        ops.initial_point = { _, _, x in
            let x = x!.assumingMemoryBound(to: Double.self)
            for i in 0..<BusyObjective.dimension { x[i] = 1 + Double(i) }
            return eos_status(EOS_OK)
        }
        ops.evaluate = { instance, call in
            Unmanaged<BusyObjective>.fromOpaque(instance!)._withUnsafeGuaranteedRef { $0.evaluate(call!) }
            return eos_status(EOS_OK)
        }
        return try TableObjective(ops: &ops, instance: instance)
    }

    private func evaluate(_ call: UnsafeMutablePointer<eos_evaluation>) {
        work()
        let x = call.pointee.x.assumingMemoryBound(to: Double.self)
        let gradient = call.pointee.gradient?.assumingMemoryBound(to: Double.self)
        var value = 0.0
        for i in 0..<Self.dimension {
            value += x[i] * x[i] / 2
            gradient?[i] = x[i]
        }
        call.pointee.value = value
    }

    // A chain that nothing shortens, in a call that nobody leaves out.
    @inline(never)
    private func work() {
        for _ in 0..<rounds { noise = noise * 0.999_999 + 1e-6 }
    }
}

/// Seconds.
func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
