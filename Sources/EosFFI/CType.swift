/// A type of C, as far as functions of numbers and their vectors need them.
public indirect enum CType: Sendable, Hashable {
    case void
    /// `_Bool`.
    case bool
    case integer(bytes: Int, isSigned: Bool)
    /// `char`, which may have a sign or not.
    case character
    case float
    case double
    case pointer(CType, isConstant: Bool)
    /// By its name; what is in it is told by a `StructLayout`.
    case structure(String)
    /// Inside a struct; as an argument, an array is the pointer that it decays to.
    case array(CType, count: Int)
    /// A function; arguments are pointers to one.
    case function(Signature)
}

extension CType {
    public static let int = CType.integer(bytes: 4, isSigned: true)

    /// Bytes of a value, and its alignment; nil for what no value is made of: void, functions, and structs, whose
    /// layout is elsewhere.
    public var size: Int? {
        switch self {
        case .void, .structure, .function: nil
        case .bool, .character: 1
        case .integer(let bytes, _): bytes
        case .float: 4
        case .double, .pointer: 8
        case .array(let element, let count): element.size.map { $0 * count }
        }
    }

    /// The type and the number of the numbers that an array holds, however many dimensions it has.
    public var elements: (scalar: ScalarType, count: Int)? {
        guard case .array(let element, let count) = self else { return nil }
        if let scalar = element.scalar { return (scalar, count) }
        return element.elements.map { ($0.scalar, $0.count * count) }
    }

    /// The struct that a field of this type holds, itself or in an array.
    public var heldStruct: String? {
        switch self {
        case .structure(let name): name
        case .array(let element, _): element.heldStruct
        default: nil
        }
    }

    public var isInteger: Bool {
        switch self {
        case .bool, .character, .integer: true
        default: false
        }
    }

    public var isFloatingPoint: Bool { self == .float || self == .double }

    /// What a pointer points to.
    public var pointee: CType? {
        if case .pointer(let type, _) = self { return type }
        return nil
    }

    /// The function behind a pointer to one.
    public var callback: Signature? {
        if case .pointer(.function(let signature), _) = self { return signature }
        return nil
    }
}

extension CType: CustomStringConvertible {
    /// As C writes it, by the widths of the integers: "const double *".
    public var description: String {
        switch self {
        case .void: "void"
        case .bool: "bool"
        case .character: "char"
        case .integer(let bytes, let isSigned): "\(isSigned ? "" : "u")int\(8 * bytes)_t"
        case .float: "float"
        case .double: "double"
        case .structure(let name): "struct \(name)"
        case .array: arrayDescription
        case .function(let signature): signature.description
        case .pointer(.function(let signature), _):
            "\(signature.returns) (*)(\(signature.parameters.map { "\($0.type)" }.joined(separator: ", ")))"
        case .pointer(let type, let isConstant):
            type.pointee == nil ? "\(isConstant ? "const " : "")\(type) *" : "\(type)\(isConstant ? "const " : "")*"
        }
    }

    /// "double[2][3]": the outer dimension comes first.
    private var arrayDescription: String {
        var (base, dimensions) = (self, "")
        while case .array(let element, let count) = base { (base, dimensions) = (element, dimensions + "[\(count)]") }
        return "\(base)\(dimensions)"
    }
}
