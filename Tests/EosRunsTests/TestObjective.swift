import CEos
import EosCore
import Glibc

/// The chained Rosenbrock function in f64 with a metric, as a table that this process fills: f is 0 at (1, ..., 1).
///
/// `limit`: beyond so many evaluations it fails, as a plugin that breaks in the middle of a run, with `status`.
/// `seconds`: what each takes.
final class TestObjective {
    let count: Int
    let limit: Int
    let status: Int
    let seconds: Double
    /// What value and gradient are multiplied by.
    let scale: Double
    /// What the gradient alone is multiplied by: with anything but 1 it is wrong.
    let slope: Double
    var evaluations = 0
    /// Hears the number of each evaluation, from 1 on, before it is done.
    let hears: ((Int) -> Void)?
    let failures = FailureNote()

    init(
        count: Int, limit: Int = .max, status: Int = EOS_E_FAILED, seconds: Double = 0, scale: Double = 1,
        slope: Double = 1, hears: ((Int) -> Void)? = nil
    ) {
        self.hears = hears
        self.scale = scale
        self.slope = slope
        self.status = status
        self.count = count
        self.limit = limit
        self.seconds = seconds
    }

    static func make(
        count: Int = 6, failingAfter limit: Int = .max, with status: Int = EOS_E_FAILED,
        lasting seconds: Double = 0, scale: Double = 1, slope: Double = 1, hears: ((Int) -> Void)? = nil
    ) throws(EosError) -> any Objective {
        let object = TestObjective(
            count: count, limit: limit, status: status, seconds: seconds, scale: scale, slope: slope, hears: hears)
        let note = object.failures
        let instance = Unmanaged.passRetained(object).toOpaque()
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { Unmanaged<TestObjective>.fromOpaque($0!).release() }
        ops.describe = { instance, out in
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = Int64(TestObjective.at(instance).count)
            out!.pointee.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE)
            return eos_status(EOS_OK)
        }
        ops.initial_point = { instance, seed, x in
            let random = Random(seed: seed)
            let x = x!.assumingMemoryBound(to: Double.self)
            for i in 0..<TestObjective.at(instance).count { x[i] = 2 * random.uniform(UInt64(i)) - 1 }
            return eos_status(EOS_OK)
        }
        ops.evaluate = { instance, call in TestObjective.at(instance).evaluate(call!) }
        ops.block = { instance, index, block in
            guard index < 2 else { return eos_status(EOS_E_NOT_FOUND) }
            let half = Int64(TestObjective.at(instance).count) / 2
            block!.pointee.rank = 1
            block!.pointee.name = UnsafeRawPointer(index == 0 ? TestObjective.head : TestObjective.tail)
                .assumingMemoryBound(to: CChar.self)
            block!.pointee.offset = index * half
            block!.pointee.shape.0 = index == 0 ? half : Int64(TestObjective.at(instance).count) - half
            return eos_status(EOS_OK)
        }
        ops.metric = { _, index, metric in
            guard index == 0 else { return eos_status(EOS_E_NOT_FOUND) }
            metric!.pointee.name = UnsafeRawPointer(TestObjective.distance).assumingMemoryBound(to: CChar.self)
            return eos_status(EOS_OK)
        }
        ops.measure = { instance, x, values in
            let x = x!.assumingMemoryBound(to: Double.self)
            let count = TestObjective.at(instance).count
            values![0] = (0..<count).reduce(0) { $0 + (x[$1] - 1) * (x[$1] - 1) }.squareRoot()
            return eos_status(EOS_OK)
        }
        return try TableObjective(ops: &ops, instance: instance, failures: note)
    }

    private func evaluate(_ call: UnsafeMutablePointer<eos_evaluation>) -> eos_status {
        evaluations += 1
        hears?(evaluations)
        if seconds > 0 { usleep(useconds_t(seconds * 1e6)) }
        if evaluations > limit {
            failures.message = "the sensor came off"
            return eos_status(status)
        }
        let x = call.pointee.x.assumingMemoryBound(to: Double.self)
        let gradient = call.pointee.gradient?.assumingMemoryBound(to: Double.self)
        if let gradient { for i in 0..<count { gradient[i] = 0 } }
        var value = 0.0
        for i in 0..<count - 1 {
            let a = x[i + 1] - x[i] * x[i]
            let b = 1 - x[i]
            value += scale * (10 * a * a + b * b)
            gradient?[i] += slope * scale * (-40 * a * x[i] - 2 * b)
            gradient?[i + 1] += slope * scale * 20 * a
        }
        call.pointee.value = value
        return eos_status(EOS_OK)
    }

    private static func at(_ instance: UnsafeMutableRawPointer?) -> TestObjective {
        Unmanaged<TestObjective>.fromOpaque(instance!).takeUnretainedValue()
    }

    private nonisolated(unsafe) static let head = name("head")
    private nonisolated(unsafe) static let tail = name("tail")
    private nonisolated(unsafe) static let distance = name("distance")

    /// Immortal, as a plugin's constants are.
    private static func name(_ text: StaticString) -> UnsafePointer<UInt8> { text.utf8Start }
}
