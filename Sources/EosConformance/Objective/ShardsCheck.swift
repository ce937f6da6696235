import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// Sums over ranges of shards against the whole.
    static var shards: Check {
        Check("shards", "sums over shards agree with the whole") { subject throws(EosError) in
            let instance = try subject.make()
            let count = instance.description.shard_count
            guard instance.ops.evaluate_shards != nil, count > 1 else {
                return .skipped("the objective has no shards")
            }
            for (name, x) in try instance.points() {
                let whole = try instance.evaluate(x.pointer)
                guard whole.status == EOS_OK else { continue }
                // One by one, by halves, all at once.
                let half = count / 2
                let singles: [(Int64, Int64)] = count <= 64 ? (0..<count).map { ($0, 1) } : []
                let halves: [(Int64, Int64)] = [(0, half), (half, count - half)]
                let all: [[(Int64, Int64)]] = [singles, halves, [(0, count)]]
                for ranges in all where !ranges.isEmpty {
                    var value = 0.0
                    var weight = 0.0
                    var gradient = [Double](repeating: 0, count: instance.count)
                    for (first, size) in ranges {
                        let part = try evaluate(instance, x, first, size)
                        value += part.value
                        weight += part.weight
                        for i in gradient.indices { gradient[i] += part.gradient[i] }
                    }
                    guard weight > 0 else {
                        return .fail(
                            "the weights of \(ranges.count) ranges of shards sum to \(weight); weight must be the "
                                + "divisor of the sums"
                        )
                    }
                    let errors = (
                        value: abs(value / weight - whole.value) / max(abs(whole.value), .leastNormalMagnitude),
                        gradient: distance(
                            gradient.map { $0 / weight }, elements(whole.gradient, instance.space.type),
                            floor: 1e-6 * max(abs(whole.value), .leastNormalMagnitude))
                    )
                    let limit = instance.space.type == .f32 ? 1e-4 : 1e-9
                    guard errors.value <= max(limit, 1000 * instance.valueAccuracy) else {
                        return .fail(
                            "at \(name) \(ranges.count) ranges of shards give \(value) / \(weight) = "
                                + "\(value / weight), evaluate "
                                + "gives \(whole.value); value must be a sum, and weight its divisor")
                    }
                    guard errors.gradient <= limit else {
                        return .fail(
                            "at \(name) the gradient summed over \(ranges.count) ranges of shards and divided by the "
                                + "weight differs from the whole by \(short(errors.gradient)) of its length")
                    }
                }
            }
            return .pass("\(count) shards, one by one and in ranges")
        }
    }

    private static func evaluate(
        _ instance: Instance, _ x: Vector, _ first: Int64, _ count: Int64
    ) throws(EosError) -> (value: Double, weight: Double, gradient: [Double]) {
        let gradient = try instance.vector()
        instance.space.fill(gradient.pointer) { _ in .nan }
        var call = eos_evaluation(x.pointer, gradient: gradient.pointer)
        call.shard_first = first
        call.shard_count = count
        call.weight = .nan
        try instance.require(instance.ops.evaluate_shards(instance.pointer, &call), "evaluate_shards")
        return (call.value, call.weight, elements(gradient.array, instance.space.type))
    }

    /// Single precision against double.
    static var precision: Check {
        Check("precision", "f32 and f64 agree") { subject throws(EosError) in
            guard let key = subject.offer.schema.parameters.first(where: { $0.key == "dtype" }),
                ["f32", "f64"].allSatisfy(key.choices.contains)
            else { return .skipped("no key dtype allows f32 and f64") }
            let single = try subject.make(("dtype", .string("f32")))
            let double = try subject.make(("dtype", .string("f64")))
            guard single.space.type == .f32, double.space.type == .f64 else {
                return .fail("dtype = \"f32\" and \"f64\" give \(single.space.type.name) and \(double.space.type.name)")
            }
            guard single.count == double.count else {
                return .fail("the dimension is \(single.count) in f32 and \(double.count) in f64")
            }
            var worst = 0.0
            for (name, x) in try single.points() {
                let y = try double.vector()
                double.space.fill(y.pointer) { x.element($0) }
                let low = try single.evaluate(x.pointer)
                let high = try double.evaluate(y.pointer)
                guard low.status == EOS_OK, high.status == EOS_OK else { continue }
                let value = abs(low.value - high.value) / max(abs(high.value), 1e-30)
                let gradient = distance(
                    elements(low.gradient, .f32), elements(high.gradient, .f64),
                    floor: 1e-6 * max(abs(high.value), 1e-30))
                worst = max(worst, value, gradient)
                guard value <= 1e-3, gradient <= 1e-2 else {
                    return .fail(
                        "at \(name) f32 gives the value \(low.value) and f64 \(high.value); the gradients differ by "
                            + "\(short(gradient)) of their length; both must compute the same function")
                }
            }
            return .pass("values and gradients within \(short(worst))")
        }
    }
}

extension eos_evaluation {
    /// What a host of this release passes.
    init(_ x: UnsafeRawPointer, gradient: UnsafeMutableRawPointer?, want: UInt32? = nil) {
        self.init()
        struct_size = UInt32(MemoryLayout<Self>.size)
        self.want = want ?? UInt32(EOS_WANT_VALUE | (gradient == nil ? 0 : EOS_WANT_GRADIENT))
        self.x = x
        self.gradient = gradient
        value = .nan
        evaluation = Instance.nextID()
    }
}
