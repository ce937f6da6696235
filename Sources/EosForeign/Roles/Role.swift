import CEos
import EosCore
import EosFFI

/// What an argument of a foreign function, or a field of a struct that is passed to one, means.
protocol Role: Sendable {
    /// As manifests write it.
    var name: String { get }

    /// Whether a value of `type` can carry it.
    ///
    /// - Throws: `EOS_E_CONFIG` with what is wrong and what to write; the place is added by the caller.
    func check(_ type: CType, _ context: RoleContext) throws(EosError)

    /// Prepares a place of `type` at `address`: writes there what stays, and binds what each call changes.
    ///
    /// - Throws: `EOS_E_CONFIG` for a number that the type can't hold.
    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError)

    /// "the point, by reference", for `eos plugin explain`.
    func explain(_ type: CType) -> String

    /// The roles of the fields, for a struct.
    var parts: [RolePart] { get }
}

extension Role {
    var parts: [RolePart] { [] }
}

/// A role at its place.
struct RolePart: Sendable {
    let name: String
    let type: CType
    let role: any Role

    func bind(at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        do throws(EosError) { try role.bind(type, at: address, builder) } catch { throw error.within(name) }
    }
}

/// What is known of a manifest where a role is read.
struct RoleContext: Sendable {
    let purpose: Purpose
    let types: TypeTable
    /// The keys that a spec may set.
    var parameters = Schema([])
    /// The handles that setup calls fill.
    let handles: Set<String>
    /// Where the manifest gives it as a number.
    var dimension: Int?
    /// Whether the place is a field of a struct that C may write to: what it stores there can be read afterwards.
    var isShared = false
}

/// Refusals that several roles share.
enum RoleFault {
    static func number(_ name: String, _ type: CType) -> EosError {
        unfit("\(name) can't be passed as \(type); it needs a number or a pointer to one, such as int or const int *")
    }

    static func output(_ name: String, _ type: CType, _ example: String) -> EosError {
        unfit(
            "\(name) is stored by the function and can't be passed as \(type); use a pointer without const, "
                + "such as \(example)")
    }

    static func vector(_ name: String, _ type: CType) -> EosError {
        unfit("\(name) can't be passed as \(type); it needs a pointer to double or float")
    }

    static func range(_ value: String, _ scalar: ScalarType) -> EosError {
        unfit("\(value) does not fit into \(scalar.name)")
    }

    static func unfit(_ message: String) -> EosError { EosError(EOS_E_CONFIG, message) }
}
