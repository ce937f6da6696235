import CEos
import EosJSON

/// What is known of a run in numbers, at one of its iterates or where it stands. A number that is not known is nil.
public struct RunNumbers: Sendable {
    /// By column; NaN where it is not known, which no known number is.
    private var values: [Double]

    private static let none = RunColumn.allCases.map { $0.kind == .count ? 0 : Double.nan }
    private static let sources = RunColumn.ofProgress.map { (index: $0.rawValue, value: $0.progress!) }

    /// Nothing is known; counts are 0.
    public init() { values = Self.none }

    public init(_ progress: eos_progress) {
        values = Self.none
        for source in Self.sources { values[source.index] = source.value(progress) }
    }

    public subscript(column: RunColumn) -> Double? {
        get {
            if column == .stepSharpness { return self[.step].flatMap { step in self[.sharpness].map { step * $0 } } }
            return values[column.rawValue].known
        }
        set { values[column.rawValue] = newValue ?? .nan }
    }

    /// A whole number; 0 where it is not known.
    public func count(_ column: RunColumn) -> Int { self[column].flatMap { Int(exactly: $0) } ?? 0 }

    public var iteration: Int {
        get { count(.iteration) }
        set { self[.iteration] = Double(newValue) }
    }

    /// Takes over what is known at a later iterate. A number that is not known there stays if a trainer's progress does not
    /// tell it anew each time.
    public mutating func takeNewer(_ newer: RunNumbers) {
        let (initial, sharpness) = (self[.initialLoss], self)
        self = newer
        self[.initialLoss] = initial
        guard newer[.sharpness] == nil else { return }
        for column in [RunColumn.sharpness, .sharpnessResidual, .sharpnessConverged] {
            self[column] = sharpness[column]
        }
    }

    /// An eigenvalue that was measured later.
    public mutating func take(_ sharpness: Double?, residual: Double?, converged: Bool?) {
        self[.sharpness] = sharpness
        self[.sharpnessResidual] = residual
        self[.sharpnessConverged] = converged.map { $0 ? 1 : 0 }
    }

    /// Those that are shown at a place, each under its name.
    public func members(of place: RunColumn.Places) -> [(String, JSONText)] {
        RunColumn.shown(in: place).map { ($0.name, self[json: $0]) }
    }

    /// As JSON has it: null where it is not known or not finite.
    public subscript(json column: RunColumn) -> JSONText {
        get {
            guard let value = self[column] else { return .null }
            switch column.kind {
            case .count: return Int(exactly: value).map { .integer($0) } ?? .null
            case .real: return .number(value)
            case .flag: return .bool(value != 0)
            }
        }
        set {
            switch column.kind {
            case .count: self[column] = newValue.integer.map { Double($0) }
            case .real: self[column] = newValue.number
            case .flag: self[column] = newValue.bool.map { $0 ? 1 : 0 }
            }
        }
    }
}

extension Double {
    /// nil where it is not a number: so is what is not known.
    public var known: Double? { isNaN ? nil : self }
}

extension RunNumbers: Equatable {
    public static func == (left: RunNumbers, right: RunNumbers) -> Bool {
        zip(left.values, right.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }
}

extension RunColumn {
    /// As JSON Schema.
    public var schema: JSONText {
        let type: JSONText =
            switch kind {
            case .count: "integer"
            case .real: "number"
            case .flag: "boolean"
            }
        return ["type": [type, "null"], "description": .string(text)]
    }
}
