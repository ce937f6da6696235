import EosFFI

/// What one call of a foreign function takes from the trainer and gives to it.
struct Frame {
    /// Vectors of the environment's element type and dimension; those that the function does not take may be nil.
    var point: UnsafeRawPointer?
    var direction: UnsafeRawPointer?
    /// nil: not wanted.
    var gradient: UnsafeMutableRawPointer?
    var product: UnsafeMutableRawPointer?
    var start: UnsafeMutableRawPointer?
    var seed: UInt64 = 0
    /// For searches.
    var search: SearchNumbers?

    /// NaN where the function gave none.
    fileprivate(set) var value = Double.nan
    fileprivate(set) var dimension: Int64 = 0
    /// That a search found.
    fileprivate(set) var step = Double.nan
    /// Whether the function said that it failed, and with which status.
    var failure: Int64?
}

/// The vectors that a call takes or gives.
enum VectorKind: UInt8, Sendable {
    case point, direction, gradient, product
    /// The point, where the function fills it.
    case start

    var isOutput: Bool { self != .point && self != .direction }
    var text: String {
        self == .start ? "starting point" : self == .product ? "Hessian times the direction" : "\(self)"
    }
}

extension Frame {
    @inline(__always)
    func vector(_ kind: VectorKind) -> UnsafeMutableRawPointer? {
        switch kind {
        case .point: UnsafeMutableRawPointer(mutating: point)
        case .direction: UnsafeMutableRawPointer(mutating: direction)
        case .gradient: gradient
        case .product: product
        case .start: start
        }
    }
}

/// Numbers that a call is told, other ones each time.
enum ToldNumber: Sendable {
    case wantsGradient, seed
    case search(SearchNumber)
}

/// Numbers that a call gives.
enum GivenNumber: String, Sendable {
    case value
    /// 0 is success.
    case status
    /// 0 is failure.
    case success
    case dimension
    /// That a search found.
    case step

    var sort: NumberSort {
        switch self {
        case .value, .step: .real
        case .status, .success: .flag
        case .dimension: .integer
        }
    }
}

/// Which types can hold a number.
enum NumberSort: String, Sendable {
    case flag = "0 or 1"
    case integer = "an integer"
    case real = "not an integer"
    case any = "a number"

    func accepts(_ scalar: ScalarType) -> Bool {
        switch self {
        case .flag: !scalar.isFloatingPoint
        case .integer: !scalar.isFloatingPoint && scalar != .bool
        case .real: scalar.isFloatingPoint
        case .any: scalar != .bool
        }
    }

    /// A type that can.
    var example: String { self == .real ? "double" : "int" }
}

extension Frame {
    /// Takes in what the function left at `cell`.
    @inline(__always)
    mutating func take(_ number: GivenNumber, _ cell: NumberCell) {
        switch number {
        case .value: value = cell.scalar.loadDouble(cell.address)
        case .step: step = cell.scalar.loadDouble(cell.address)
        case .dimension: dimension = cell.scalar.loadInteger(cell.address)
        case .status:
            let status = cell.scalar.loadInteger(cell.address)
            if status != 0 { failure = status }
        case .success:
            if cell.scalar.loadInteger(cell.address) == 0 { failure = 0 }
        }
    }
}

/// How a number reaches C: by value, or by reference as in Fortran.
struct Carrier {
    let scalar: ScalarType
    let isReference: Bool
    let isConstant: Bool

    /// nil where `type` is neither a number nor a pointer to one.
    init?(_ type: CType) {
        guard let scalar = type.scalar ?? type.pointee?.scalar else { return nil }
        self.scalar = scalar
        isReference = type.scalar == nil
        isConstant = !isReference || type.pointsToConstant
    }

    var text: String { isReference ? "by reference" : "by value" }
}

/// A place of a C number.
struct NumberCell {
    let address: UnsafeMutableRawPointer
    let scalar: ScalarType

    /// As many of the lowest bits as the type holds as a number that is not negative.
    func store(bitsOf seed: UInt64) {
        let isSigned = [ScalarType.i8, .i16, .i32, .i64].contains(scalar)
        let width = UInt64(scalar.size * 8 - (isSigned ? 1 : 0))
        let value = width >= 64 ? seed : seed & ((1 << width) - 1)
        // Little-endian: the lowest bytes come first.
        withUnsafeBytes(of: value) { address.copyMemory(from: $0.baseAddress!, byteCount: scalar.size) }
    }
}
