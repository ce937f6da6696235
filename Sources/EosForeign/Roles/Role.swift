import CEos
import EosCore
import EosFFI

/// What an argument of a foreign function, or a field of a struct that is passed to one, means.
public protocol Role: Sendable {
    /// As manifests write it.
    var name: String { get }

    /// Whether a value of `type` can carry it.
    ///
    /// - Throws: `EOS_E_CONFIG` with what is wrong and what to write; the place is added by the caller.
    func check(_ type: CType, _ context: RoleContext) throws(EosError)

    /// Prepares a place of `type` at `address`: writes there what stays, and tells the builder what each call changes.
    ///
    /// - Throws: `EOS_E_CONFIG` for a number that the type can't hold.
    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError)

    /// "the point, by reference", for `eos plugin explain`.
    func explain(_ type: CType) -> String

    /// The roles of the fields, for a struct.
    var parts: [RolePart] { get }
}

/// A role at its place.
public struct RolePart: Sendable {
    public let name: String
    public let type: CType
    public let role: any Role
}

extension Role {
    public var parts: [RolePart] { [] }
}

/// What is known of a manifest where a role is read.
public struct RoleContext: Sendable {
    public let purpose: Purpose
    public let types: TypeTable
    /// The keys that a spec may set.
    public let parameters: Schema
    /// The handles that setup calls fill.
    public let handles: Set<String>
    /// Where the manifest gives it as a number.
    public let dimension: Int?
    /// Whether the place is a field of a struct that C may write to: what it stores there can be read afterwards.
    public var isShared = false
}

/// How a number reaches C: by value, or by reference as in Fortran.
struct Carrier {
    let scalar: ScalarType
    let isReference: Bool
    let isConstant: Bool

    /// nil where `type` is neither a number nor a pointer to one.
    init?(_ type: CType) {
        if let scalar = type.scalar {
            self.scalar = scalar
            (isReference, isConstant) = (false, true)
        } else if let scalar = type.pointee?.scalar {
            self.scalar = scalar
            (isReference, isConstant) = (true, type.pointsToConstant)
        } else {
            return nil
        }
    }

    var text: String { isReference ? "by reference" : "by value" }
}

/// Refusals that several roles share.
enum RoleFault {
    static func number(_ name: String, _ type: CType) -> EosError {
        EosError(
            EOS_E_CONFIG,
            "\(name) can't be passed as \(type); it needs a number or a pointer to one, such as int or const int *")
    }

    static func output(_ name: String, _ type: CType, _ example: String) -> EosError {
        EosError(
            EOS_E_CONFIG,
            "\(name) is stored by the function: \(type) can't take it; the argument must be a pointer without const, "
                + "such as \(example)")
    }

    static func vector(_ name: String, _ type: CType) -> EosError {
        EosError(
            EOS_E_CONFIG, "\(name) can't be passed as \(type); it needs a pointer to double or float")
    }

    static func range(_ value: String, _ scalar: ScalarType) -> EosError {
        EosError(EOS_E_CONFIG, "\(value) does not fit into \(scalar.name)")
    }
}
