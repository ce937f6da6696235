import CEos
import EosCore
import Synchronization

/// An objective that was made, with the raw calls of its table.
final class Instance {
    let objective: any Objective
    let ops: eos_objective_ops
    let pointer: UnsafeMutableRawPointer?

    private let isSteady: Bool
    /// For an objective without a table of its own.
    private let tabled: TabledObjective

    init(_ objective: any Objective, isSteady: Bool) {
        self.objective = objective
        self.isSteady = isSteady
        tabled = TabledObjective(objective)
        let table = objective as? TableObjective
        ops = table?.ops ?? tabled.ops
        pointer = table.map(\.instance) ?? Unmanaged.passUnretained(tabled).toOpaque()
    }

    var description: eos_objective_description { objective.description }
    var space: HostSpace { objective.space }
    var count: Int { space.count }
    /// Whether bits are worth comparing: it says so, and was not caught at the opposite.
    var isDeterministic: Bool { isSteady && has(EOS_OBJECTIVE_DETERMINISTIC) }
    func has(_ flag: Int) -> Bool { description.flags & UInt32(flag) != 0 }

    /// Ids that no other caller of this process gives.
    private static let last = Atomic<Int64>(1 << 61)
    static func nextID() -> Int64 { last.add(1, ordering: .relaxed).newValue }

    /// What an evaluation left behind.
    struct Evaluation: Equatable {
        let status: eos_status
        let value: Double
        let gradient: [UInt8]

        /// The same bits, whatever they stand for; a value that is not finite may be any.
        static func == (a: Self, b: Self) -> Bool {
            guard a.status == b.status, a.status == EOS_OK else { return a.status == b.status }
            return a.value.bitPattern == b.value.bitPattern && a.gradient == b.gradient
        }
    }

    /// Value and gradient at x, or the value alone.
    func evaluate(_ x: UnsafeRawPointer, gradient wantsGradient: Bool = true, id: Int64 = Instance.nextID())
        throws(EosError) -> Evaluation
    {
        let gradient = wantsGradient ? try space.makeVector() : nil
        if let gradient { space.fill(gradient.pointer) { _ in .nan } }
        return try evaluate(x, into: gradient?.pointer, id: id)
    }

    /// As `evaluate`, the gradient where the caller wants it.
    func evaluate(_ x: UnsafeRawPointer, into gradient: UnsafeMutableRawPointer?, id: Int64 = Instance.nextID())
        throws(EosError) -> Evaluation
    {
        let want = EOS_WANT_VALUE | (gradient == nil ? 0 : EOS_WANT_GRADIENT)
        var value = Double.nan
        let status = objective.evaluate(
            at: x, want: UInt32(want), gradient: gradient, evaluation: id, value: &value)
        if status < 0 { throw failed(status, "evaluate") }
        let bytes = gradient.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: space.bytes)) } ?? []
        return Evaluation(status: status, value: value, gradient: bytes)
    }

    func failed(_ status: eos_status, _ function: String) -> EosError { objective.error(status, in: function) }

    /// Throws unless `function` gave `EOS_OK`.
    func require(_ status: eos_status, _ function: String) throws(EosError) {
        if status != EOS_OK { throw failed(status, function) }
    }

    func vector() throws(EosError) -> Vector { try space.makeVector() }

    func initialPoint(_ seed: UInt64 = 0) throws(EosError) -> Vector {
        let x = try vector()
        try objective.initialPoint(seed: seed, into: x.pointer)
        return x
    }

    /// A random vector of unit length.
    func direction(_ seed: UInt64) throws(EosError) -> Vector {
        let d = try vector()
        let random = Random(seed: seed ^ 0xd1ec)
        space.fill(d.pointer) { 2 * random.uniform(UInt64($0)) - 1 }
        let norm = space.norm2(d.pointer).squareRoot()
        space.scale(d.pointer, by: norm > 0 ? 1 / norm : 0, into: d.pointer)
        return d
    }

    /// x moved in a random direction by `share` of its length (of 1, where it is shorter).
    func displaced(_ x: Vector, by share: Double, seed: UInt64) throws(EosError) -> Vector {
        let result = try vector()
        let direction = try direction(seed)
        let length = max(space.norm2(x.pointer).squareRoot(), 1)
        space.move(x.pointer, by: share * length, along: direction.pointer, into: result.pointer)
        return result
    }

    /// Points that checks look at, and how they are called.
    func points() throws(EosError) -> [(name: String, x: Vector)] {
        let start = try initialPoint(0)
        return [
            ("the initial point of seed 0", start), ("the initial point of seed 1", try initialPoint(1)),
            ("a point 10 % away", try displaced(start, by: 0.1, seed: 1)),
            ("a point 50 % away", try displaced(start, by: 0.5, seed: 2)),
        ]
    }

    /// Relative error of values.
    var valueAccuracy: Double {
        max(description.value_accuracy, space.type == .f32 ? space.type.epsilon : Double.ulpOfOne)
    }
}

extension Vector {
    func element(_ index: Int) -> Double {
        switch type {
        case .f32: Double(pointer.load(fromByteOffset: 4 * index, as: Float.self))
        case .f64: pointer.load(fromByteOffset: 8 * index, as: Double.self)
        }
    }

    func set(_ index: Int, _ value: Double) {
        switch type {
        case .f32: pointer.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
        case .f64: pointer.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
        }
    }

    var array: [UInt8] { [UInt8](bytes) }
}

/// Elements of a gradient that was kept as bytes.
func elements(_ bytes: [UInt8], _ type: ElementType) -> [Double] {
    bytes.withUnsafeBytes { bytes in
        switch type {
        case .f32: bytes.bindMemory(to: Float.self).map { Double($0) }
        case .f64: [Double](bytes.bindMemory(to: Double.self))
        }
    }
}

/// |a - b| / max(|b|, floor).
func distance(_ a: [Double], _ b: [Double], floor: Double = .leastNormalMagnitude) -> Double {
    var difference = 0.0
    var size = 0.0
    for (left, right) in zip(a, b) {
        difference += (left - right) * (left - right)
        size += right * right
    }
    return difference.squareRoot() / max(size.squareRoot(), floor)
}
