import CEos
import EosCore
import EosPluginHost
import Synchronization
import Testing

/// A function in closed form, in double precision.
struct ClosedForm: Sendable {
    let start: [Double]
    let value: @Sendable ([Double]) -> Double
    let gradient: @Sendable ([Double]) -> [Double]

    static let quadratic = ClosedForm(start: [1, 1, 1]) { x in
        0.5 * (x[0] * x[0] + 10 * x[1] * x[1] + 3 * x[2] * x[2])
    } gradient: { x in
        [x[0], 10 * x[1], 3 * x[2]]
    }

    static let rosenbrock = ClosedForm(start: [-1.2, 1]) { x in
        let rise = x[1] - x[0] * x[0]
        return 100 * rise * rise + (1 - x[0]) * (1 - x[0])
    } gradient: { x in
        let rise = x[1] - x[0] * x[0]
        return [-400 * rise * x[0] - 2 * (1 - x[0]), 200 * rise]
    }

    /// Half of |x|^2 left of 1.5, nothing beyond.
    static let cliff = ClosedForm(start: [1, 1]) { x in
        x.contains { abs($0) > 1.5 } ? .nan : 0.5 * (x[0] * x[0] + 2 * x[1] * x[1])
    } gradient: { x in
        [x[0], 2 * x[1]]
    }

    init(
        start: [Double], value: @escaping @Sendable ([Double]) -> Double,
        gradient: @escaping @Sendable ([Double]) -> [Double]
    ) {
        self.start = start
        self.value = value
        self.gradient = gradient
    }

    var space: HostSpace { HostSpace(.f64, count: start.count) }

    /// x - t g, with the roundings of the trainer.
    func move(_ x: [Double], _ t: Double, _ g: [Double]) -> [Double] {
        var out = [Double](repeating: 0, count: x.count)
        space.move(x, by: -t, along: g, into: &out)
        return out
    }

    func dot(_ a: [Double], _ b: [Double]) -> Double { space.dot(a, b) }
}

/// A training by ask and tell, so that it can be left between any two requests.
final class Descent {
    let function: ClosedForm
    let trainer: Trainer
    var steps: [Double] = []
    private(set) var requests = 0

    init(_ function: ClosedForm, _ policy: any Policy, _ keys: String = "") throws {
        self.function = function
        var description = eos_objective_description()
        description.struct_size = UInt32(MemoryLayout<eos_objective_description>.size)
        description.dtype = UInt32(EOS_F64)
        description.dimension = Int64(function.start.count)
        description.value_lower_bound = .nan
        description.sharpness_lower_bound = .nan
        var configuration = Configuration()
        try configuration.set(assignments: "stop.loss=-inf stop.iterations=2000 " + keys)
        trainer = try function.start.withUnsafeBytes { start in
            try Trainer(
                description: description, start: start.baseAddress!, curvature: false, policy: policy,
                settings: try TrainerSettings(configuration))
        }
        trainer.observer = { [unowned self] progress in
            if progress.iteration > 0 { steps.append(progress.step) }
            return false
        }
    }

    /// Answers up to `requests` requests; all where it is nil.
    ///
    /// - Returns: whether there is more to do.
    @discardableResult
    func run(_ requests: Int? = nil) throws -> Bool {
        var left = requests ?? .max
        while left > 0 {
            left -= 1
            let request = try trainer.request()
            guard request.kind != .nothing else { return false }
            self.requests += 1
            let x = Array(
                UnsafeBufferPointer(
                    start: request.x!.assumingMemoryBound(to: Double.self), count: function.start.count))
            if let out = request.out {
                out.assumingMemoryBound(to: Double.self).update(from: function.gradient(x), count: x.count)
            }
            let value = request.want & UInt32(EOS_WANT_VALUE) != 0 ? function.value(x) : .nan
            try trainer.answer(eos_status(EOS_OK), value: value)
        }
        return true
    }

    var gradientNorm: Double { trainer.progress.gradient_norm }

    func save() throws -> SavedState {
        var bytes: [UInt8] = []
        try trainer.save().write { (part) throws(EosError) in bytes.append(contentsOf: part) }
        return try Safetensors.read(bytes)
    }
}

/// What `body` throws.
func errorOf(_ body: () throws -> Void) -> EosError? {
    do { try body() } catch { return error as? EosError ?? EosError(EOS_E_FAILED, "\(error)") }
    return nil
}

/// The lines that a host was given.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    func host() -> Host {
        Host(threads: 1) { [self] level, message in lines.withLock { $0.append("\(level) \(message)") } }
    }
}
