/// What a function of a manifest is called for, which decides what its arguments and its result may be.
struct Purpose: Sendable, Equatable {
    let name: String
    /// Names of roles that an argument may have.
    let roles: [String]
    /// What `returns` may be, a handle by "handle".
    let results: [String]
}

extension Purpose {
    /// Roles whose values are known before the call, whatever it is for.
    private static let fixed = ["null", "constant", "array", "struct", "handle"]
    private static let ofObject = fixed + ["parameter", "length", "observer"]

    static let setup = Purpose(
        name: "setup", roles: fixed + ["observer", "status", "success"],
        results: ["nothing", "status", "success", "handle"])
    static let cleanup = Purpose(
        name: "cleanup", roles: fixed + ["status", "success"], results: ["nothing", "status", "success"])
    static let dimension = Purpose(
        name: "dimension", roles: ofObject + ["dimension", "status", "success"],
        results: ["dimension", "nothing", "status", "success"])
    static let start = Purpose(
        name: "start", roles: ofObject + ["dimension", "point", "seed", "status", "success"],
        results: ["nothing", "status", "success"])
    static let value = Purpose(
        name: "value",
        roles: ofObject + ["dimension", "point", "gradient", "value", "wants_gradient", "status", "success"],
        results: ["value", "nothing", "status", "success"])
    static let gradient = Purpose(
        name: "gradient",
        roles: ofObject + ["dimension", "point", "gradient", "value", "wants_gradient", "status", "success"],
        results: ["gradient", "nothing", "status", "success"])
    static let search = Purpose(
        name: "search",
        roles: ofObject + SearchNumber.allCases.map(\.rawValue) + [
            "step", "phi", "dphi", "callback", "status", "success",
        ],
        results: ["step", "nothing", "status", "success"])
    static let product = Purpose(
        name: "product", roles: ofObject + ["dimension", "point", "direction", "product", "status", "success"],
        results: ["nothing", "status", "success"])
}
