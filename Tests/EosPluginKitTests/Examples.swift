import EosPluginKit

/// In f32, and nothing but what must be there: f = x0^2 + x1^2.
struct Bare: ObjectiveFunction {
    static let descriptor = Descriptor(id: "test.bare", title: "bare")
    let dimension = 2

    init(configuration: ConfigReader, host: HostServices) {}

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Float>) {
        x[0] = Float(seed)
        x[1] = 1
    }

    func evaluate(at x: UnsafeBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>?) -> Double {
        gradient?[0] = 2 * x[0]
        gradient?[1] = 2 * x[1]
        return Double(x[0] * x[0] + x[1] * x[1])
    }
}

/// Can do everything. f = sum of i x_i^2 over the shards i = 1, 2, 3, one for each element.
struct Complete: RayObjective, SampledObjective, ShardedObjective, ContextualObjective, BlockedObjective,
    MeasuredObjective, StatefulObjective
{
    static let descriptor = Descriptor(
        id: "test.complete", title: "complete", source: "nowhere",
        parameters: [
            .number("c", default: 1e-4, in: 0...1, unit: "s", "a number"),
            .number("cap", in: 0...(.infinity), auto: true, live: true, "a number or auto"),
            .integer("size", default: 3, in: 1...10, "an integer"),
            .bool("bias", default: true, "a truth"),
            .string("kind", default: "b", choices: ["a", "b"], "a word"),
            .numbers("layers", default: [64, 10], in: 1...(.infinity), "sizes"),
            .strings("names", required: true, "names"),
        ], usesData: true)

    let dimension = 3
    let host: HostServices
    var context = EvaluationContext()
    var ray: [Double] = []
    var direction: [Double] = []
    var committed = (t: 0.0, evaluation: 0)
    var calls = 0
    var history: [Double] = []
    var label = "fresh"
    var point: [Double] = []

    init(configuration: ConfigReader, host: HostServices) throws {
        self.host = host
        guard try configuration.strings("names") == ["one", "zwei"] else {
            throw PluginError.configuration("names are other ones\nthan expected")
        }
        _ = try (
            configuration.number("c"), configuration.integer("size"), configuration.bool("bias"),
            configuration.string("kind"), configuration.numbers("layers")
        )
        if let cap = try configuration.number(ifSet: "cap") { throw PluginError.invalid("cap is \(cap)") }
    }

    var isDeterministic: Bool { false }
    var isNonnegative: Bool { true }
    var sharpnessLowerBound: Double? { 6 }
    var shardCount: Int { 3 }

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) {
        host.uniform(in: -1...1, seed: seed, into: x)
    }

    mutating func evaluate(
        at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?, context: EvaluationContext
    ) throws -> Double {
        self.context = context
        calls += 1
        return try evaluate(shards: 0..<3, at: x, gradient: gradient, context: context).value
    }

    mutating func evaluate(
        shards: Range<Int>, at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?,
        context: EvaluationContext
    ) throws -> ShardSum {
        gradient?.update(repeating: 0)
        var value = 0.0
        for i in shards {
            value += Double(i + 1) * x[i] * x[i]
            gradient?[i] = 2 * Double(i + 1) * x[i]
        }
        return ShardSum(value: value, weight: Double(shards.count))
    }

    mutating func beginRay(from x: UnsafeBufferPointer<Double>, along d: UnsafeBufferPointer<Double>) {
        ray = Array(x)
        direction = Array(d)
    }

    mutating func value(onRay t: Double) throws -> Double {
        if t < 0 { throw PluginError.recoverable }
        if t > 100 { return .infinity }
        return (0..<3).reduce(0) { sum, i in
            let x = ray[i] + t * direction[i]
            return sum + Double(i + 1) * x * x
        }
    }

    mutating func commitRay(at t: Double, evaluation: Int) { committed = (t, evaluation) }

    mutating func linearize(at x: UnsafeBufferPointer<Double>) { point = Array(x) }

    func curvature(along v: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>) throws {
        if point.isEmpty { throw PluginError.unsupported("a product before a linearize") }
        for i in 0..<3 { product[i] = 2 * Double(i + 1) * v[i] }
    }

    func curvature(
        ofPart part: Int, along v: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>
    ) throws {
        if part > 9 { throw PluginError.unsupported("more parts than samples") }
        for i in 0..<3 { product[i] = i == part % 3 ? 6 * Double(i + 1) * v[i] : 0 }
    }

    var blocks: [Block] { [Block("W", offset: 0, shape: [2, 1]), Block("b", offset: 2, shape: [1])] }

    var metrics: [Metric] { [Metric("calls", "evaluations so far"), Metric("seed", unit: "1", "of the last sample")] }

    func measure(at x: UnsafeBufferPointer<Double>, into values: UnsafeMutableBufferPointer<Double>) {
        values[0] = Double(calls)
        values[1] = Double(context.sampleSeed)
    }

    func save(to stream: inout StateWriter) throws {
        try stream.write(calls)
        try stream.write(context.sampleSeed)
        try stream.write(history)
        try stream.write(label)
        try stream.write(true)
        try stream.write(Float(0.5))
    }

    mutating func load(from stream: inout StateReader) throws {
        calls = try stream.read()
        context.sampleSeed = try stream.read()
        history = try stream.read()
        label = try stream.read()
        guard try stream.read(Bool.self), try stream.read(Float.self) == 0.5 else {
            throw PluginError.format("the end of the state is another one")
        }
    }
}

struct NotAPluginError: Error, CustomStringConvertible {
    var description: String { "a fault of the author's" }
}

/// Fails in the way that its first element tells, and comes in f32 too.
struct Failing: ObjectiveFunction {
    static let descriptor = Descriptor(
        id: "test.failing", title: "failing",
        parameters: [.string("dtype", default: "f64", choices: ["f64", "f32"], "element type")])
    let dimension: Int

    static func implementation(for configuration: ConfigReader) throws -> any ObjectiveFunction.Type {
        try configuration.string(ifSet: "dtype") == "f32" ? Bare.self : Self.self
    }

    init(configuration: ConfigReader, host: HostServices) throws {
        dimension = try configuration.integer(ifSet: "size") ?? 1
    }

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) throws {
        throw PluginError.memory("no room for a point")
    }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) throws -> Double {
        switch x[0] {
        case 1: return .nan
        case 2: return -.infinity
        case 3: throw PluginError.recoverable
        case 4: throw PluginError.failed("line one\nline two")
        case 5: throw PluginError.invalid("x = 5 is no place")
        case 6: throw NotAPluginError()
        case 7: throw PluginError.cancelled
        default: return 0
        }
    }
}

/// A step that depends on everything before, so that lost state shows.
struct Wandering: StatefulPolicy {
    static let descriptor = Descriptor(
        id: "test.wandering", title: "wandering",
        parameters: [.number("first_step", default: 1, in: 1e-9...1e9, "first step")])
    var step: Double
    var seen: [Double] = []
    var searches: Int64 = 0

    init(configuration: ConfigReader, host: HostServices) throws { step = try configuration.number("first_step") }

    var needs: StepNeeds { [.secant, .sharpness] }

    mutating func propose(_ iterate: Iterate) throws -> Double {
        if iterate.value < 0 { throw PluginError.failed("value = \(iterate.value) is negative") }
        seen.append(iterate.value)
        if seen.count > 10 { seen.removeFirst() }
        step = step * 0.7 + seen.reduce(0, +) / Double(seen.count)
        return step
    }

    mutating func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict {
        guard trial.isFinite, trial.value < seen.max()! else {
            step = trial.step / 2
            return trial.index < 5 ? .try(step) : .accept(1e-6, .safeguard)
        }
        return trial.index == 0 ? .accept(trial.step) : .accept(trial.step, .backtracked)
    }

    mutating func accepted(_ iterate: Iterate, _ trial: Trial) {
        searches += 1
        step += Double(searches) * 1e-3
    }

    func save(to stream: inout StateWriter) throws {
        try stream.write(step)
        try stream.write(seen)
        try stream.write(searches)
    }

    mutating func load(from stream: inout StateReader) throws {
        step = try stream.read()
        seen = try stream.read()
        searches = try stream.read()
    }
}

/// Without state.
struct Fixed: StepSizePolicy {
    static let descriptor = Descriptor(id: "test.fixed", title: "fixed")
    init(configuration: ConfigReader, host: HostServices) {}
    func propose(_ iterate: Iterate) -> Double { 0.5 }
    func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict { .accept(trial.step, .capped) }
}

/// Adds a share of its last two steps to steepest descent.
struct Momentum: StepSizePolicy {
    static let descriptor = Descriptor(id: "test.momentum", title: "momentum")
    init(configuration: ConfigReader, host: HostServices) {}
    var historyPairs: Int { 2 }
    func propose(_ iterate: Iterate) -> Double { 0.5 }
    func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict { .accept(trial.step) }

    func direct(_ iterate: Iterate, _ history: StepHistory) throws -> [Double] {
        if iterate.value < 0 { throw PluginError.failed("value = \(iterate.value) is negative") }
        if iterate.value == 7 { return [] }
        var factors = history.steepestDescent
        for age in 0..<history.pairs {
            factors[StepHistory.step(age)] = history[StepHistory.step(age), StepHistory.step(age)]
            factors[StepHistory.change(age)] = history[StepHistory.gradient, StepHistory.change(age)]
        }
        return factors
    }
}

/// Shows what it was told of a trial as the digits of a step.
struct Sloping: StepSizePolicy {
    static let descriptor = Descriptor(id: "test.sloping", title: "sloping")
    init(configuration: ConfigReader, host: HostServices) {}
    var needs: StepNeeds { .trialSlope }
    func propose(_ iterate: Iterate) -> Double { 0.5 }

    func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict {
        let slope = trial.slope.isNaN ? 0 : trial.slope
        return .accept(1000 * Double(trial.index) + 1000 * trial.step + 10 * trial.value + slope)
    }
}

let testPlugin = Plugin(
    id: "test.plugin", version: "1.2.3", licence: "MIT", objectives: [Bare.self, Complete.self, Failing.self],
    policies: [Wandering.self, Fixed.self, Momentum.self, Sloping.self])

/// The keys that `Complete` must be given.
let completeKeys: [String: MockValue] = [
    "c": .number(1e-4), "cap": .number(.nan), "size": .integer(3), "bias": .bool(true), "kind": .string("b"),
    "layers": .numbers([64, 10]), "names": .strings(["one", "zwei"]),
]
