import CEos
import EosAnalysis
import EosCore
import EosPluginHost
import TestSupport
import Testing

/// The plugins of this package, from the directory that the tests were built into.
enum Plugins {
    /// - Parameter settings: assignments as on the command line: "depth=5 target=2".
    static func make(_ id: String, _ settings: String) throws(EosError) -> any Objective {
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        var catalogue = Catalogue()
        try catalogue.add(LoadedPlugin.load(path: "\(Tree.products)/libeos-plugin-\(id).so"))
        return try catalogue.makeObjective(id, configuration, host: Host(threads: 1))
    }

    static func product(_ start: [Double], target: Double = 1) throws(EosError) -> any Objective {
        try make("product", "depth=\(start.count) target=\(target) start=\(list(start))")
    }

    static func innerProduct(_ start: [Double], target: Double = 1) throws(EosError) -> any Objective {
        try make("inner-product", "size=\(start.count / 2) target=\(target) start=\(list(start))")
    }

    private static func list(_ numbers: [Double]) -> String {
        "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
    }
}

/// A function of this file as an objective in f64 without curvature products, so that they are differenced.
final class TestFunction {
    private let start: [Double]
    private let isDeterministic: Bool
    /// The value, and where it is wanted the gradient.
    private let function: ([Double]) -> (Double, [Double])

    private init(_ start: [Double], _ isDeterministic: Bool, _ function: @escaping ([Double]) -> (Double, [Double])) {
        self.start = start
        self.isDeterministic = isDeterministic
        self.function = function
    }

    static func make(
        from start: [Double], isDeterministic: Bool = true, _ function: @escaping ([Double]) -> (Double, [Double])
    ) throws(EosError) -> any Objective {
        let instance = Unmanaged.passRetained(TestFunction(start, isDeterministic, function)).toOpaque()
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { Unmanaged<TestFunction>.fromOpaque($0!).release() }
        ops.describe = { instance, out in
            let function = TestFunction.at(instance)
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = Int64(function.start.count)
            out!.pointee.flags = function.isDeterministic ? UInt32(EOS_OBJECTIVE_DETERMINISTIC) : 0
            return eos_status(EOS_OK)
        }
        ops.initial_point = { instance, _, x in
            let start = TestFunction.at(instance).start
            for i in start.indices { x!.assumingMemoryBound(to: Double.self)[i] = start[i] }
            return eos_status(EOS_OK)
        }
        ops.evaluate = { instance, call in
            let function = TestFunction.at(instance)
            let x = call!.pointee.x.assumingMemoryBound(to: Double.self)
            let (value, gradient) = function.function(function.start.indices.map { x[$0] })
            call!.pointee.value = value
            guard value.isFinite else { return eos_status(EOS_RECOVERABLE) }
            if let out = call!.pointee.gradient?.assumingMemoryBound(to: Double.self) {
                for i in gradient.indices { out[i] = gradient[i] }
            }
            return eos_status(EOS_OK)
        }
        return try TableObjective(ops: &ops, instance: instance)
    }

    private static func at(_ instance: UnsafeMutableRawPointer?) -> TestFunction {
        Unmanaged<TestFunction>.fromOpaque(instance!).takeUnretainedValue()
    }
}

/// A training whose every iterate is kept.
struct Training {
    let trajectory: Trajectory
    /// w_0, w_1, ...
    let points: [[Double]]
    let policy: any Policy

    init(_ objective: any Objective, _ kind: String, _ keys: String = "", iterations: Int, seed: UInt64 = 0) throws {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        let policy = try #require(BuiltInPolicies.kind(kind)).make(configuration)
        self.policy = policy
        var settings = Configuration()
        try settings.set(assignments: "seed=\(seed) stop.iterations=\(iterations) stop.loss=0 stop.gradient_norm=0")
        let trainer = try Trainer(objective: objective, policy: policy, settings: try TrainerSettings(settings))
        var loss: [Double] = []
        var norms: [Double] = []
        var steps: [Double] = []
        var trials: [Int32] = []
        var reasons: [StepReason] = []
        var points: [[Double]] = []
        trainer.observer = { [unowned trainer] progress in
            loss.append(progress.value)
            norms.append(progress.gradient_norm)
            points.append(ArrayObjective.read(trainer.current.x, objective.space))
            if progress.iteration > 0 {
                steps.append(progress.step)
                trials.append(Int32(progress.trials))
                reasons.append(StepReason(rawValue: progress.reason) ?? .first)
            }
            return false
        }
        try trainer.run(objective)
        self.points = points
        trajectory = Trajectory(
            loss: loss, gradientNorm: norms, step: steps, trials: trials, reason: reasons, sharpness: [])
    }
}

func relativeError(_ a: Double, _ b: Double) -> Double { abs(a - b) / abs(b) }
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

/// Numbers in -1 ..< 1 that follow from the seed.
func randomVector(_ count: Int, seed: UInt64) -> [Double] {
    let random = Random(seed: seed)
    return (0..<count).map { 2 * random.uniform(UInt64($0)) - 1 }
}
