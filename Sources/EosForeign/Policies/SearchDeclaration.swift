import CEos
import EosCore
import EosFFI

/// What an argument of a search is.
public indirect enum SearchRole: Sendable, Equatable {
    /// A number that the search is told; by value, or by reference to a copy.
    public enum Scalar: String, Sendable, CaseIterable {
        /// The key `first_step`.
        case firstStep = "first_step"
        /// The step that led to the iterate; `first_step` at the starting point.
        case lastStep = "last_step"
        /// Where to begin: `growth` times `last_step`, between `min_step` and `max_step`; `first_step` at the start.
        case nextStep = "next_step"
        case minStep = "min_step"
        case maxStep = "max_step"
        /// f at the iterate.
        case value
        /// <g, d> at the iterate.
        case slope
        /// |g| at the iterate.
        case gradientNorm = "gradient_norm"
        case iteration
    }

    case scalar(Scalar)
    /// Where the step is stored; `next_step` before the call.
    case step
    /// Where a status is stored: 0 is well.
    case status
    case constant(Double)
    /// An array, by reference.
    case constants([Double])
    case text(String)
    /// The value of a key.
    case parameter(String)
    /// A null pointer.
    case null
    case callback(CallbackShape)
    /// A callback that becomes lines of the log.
    case observer
    /// A struct by reference, with roles for some of its fields; the others are zero.
    case structure([String: SearchRole])
}

/// How a function is called as a search: what a manifest says of it.
public struct SearchDeclaration: Sendable {
    public enum Result: String, Sendable, CaseIterable {
        case step, status, nothing
    }

    public let signature: Signature
    public let types: TypeTable
    /// In the order of the prototype's arguments.
    public let roles: [SearchRole]
    public let returns: Result
    /// Seconds in which the search has to ask or to return.
    public var timeLimit = SearchPolicy.Limits().silence

    /// - Throws: `EOS_E_CONFIG` where a role does not go with its type, or where no step comes out.
    public init(
        _ signature: Signature, _ types: TypeTable, roles: [SearchRole], returns: Result
    ) throws(EosError) {
        self.signature = signature
        self.types = types
        self.roles = roles
        self.returns = returns
        guard roles.count == signature.parameters.count else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): \(roles.count) roles for \(signature.parameters.count) arguments; give one each")
        }
        for (role, parameter) in zip(roles, signature.parameters) { try check(role, parameter) }
        let type = signature.returns
        guard returns == .nothing || (returns == .step ? type.isScalar : type.isInteger) else {
            throw EosError(EOS_E_CONFIG, "\(signature.name): a \(type) can't be the \(returns.rawValue)")
        }
        guard (returns == .step) != roles.contains(.step) else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): "
                    + (returns == .step
                        ? "the step comes back twice: as the result and in an argument"
                        : "no step comes back: returns = \"step\", or give an argument the role \"step\""))
        }
    }

    /// Whether the search looks at slopes beyond the iterate's own.
    public var usesSlope: Bool { callbacks.contains(where: \.usesSlope) }

    /// Whether it asks for anything: one that does not is no search but a rule.
    public var asks: Bool { !callbacks.isEmpty }

    private var callbacks: [CallbackShape] { roles.flatMap(Self.callbacks) }

    private static func callbacks(_ role: SearchRole) -> [CallbackShape] {
        switch role {
        case .callback(let shape): [shape]
        case .structure(let fields): fields.values.flatMap(callbacks)
        default: []
        }
    }

    /// The scalars that it is told, in structs too.
    var scalars: Set<SearchRole.Scalar> { Set(roles.flatMap(Self.scalars)) }

    private static func scalars(_ role: SearchRole) -> [SearchRole.Scalar] {
        switch role {
        case .scalar(let scalar): [scalar]
        // What it is before the call.
        case .step: [.nextStep]
        case .structure(let fields): fields.values.flatMap(scalars)
        default: []
        }
    }

    private func check(_ role: SearchRole, _ parameter: Signature.Parameter) throws(EosError) {
        let type = parameter.type
        let isNumber = type.isScalar || type.scalarPointee != nil
        let goes: Bool
        switch role {
        case .scalar, .constant, .parameter: goes = isNumber
        case .step: goes = type.pointee?.isFloatingPoint == true
        case .status: goes = type.pointee?.isInteger == true
        case .constants: goes = type.scalarPointee != nil
        case .text: goes = type.pointee == .character
        case .null: goes = type.pointee != nil
        case .callback(let shape):
            goes = type.callback != nil
            if let callback = type.callback { try shape.check(callback) }
        case .observer: goes = type.callback != nil
        case .structure(let fields):
            guard case .structure(let name)? = type.pointee, let layout = types.layouts[name] else {
                goes = false
                break
            }
            goes = true
            for (field, role) in fields {
                guard let declared = layout.fields.first(where: { $0.name == field }) else {
                    let names = layout.fields.compactMap(\.name)
                    throw EosError(
                        EOS_E_CONFIG,
                        "\(signature.name): struct \(name) has no field \(field); it has \(names.joined(separator: ", "))"
                    )
                }
                try check(role, declared)
            }
        }
        guard goes else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): the argument \(parameter.name ?? "without a name"), a \(type), can't be "
                    + Self.name(role))
        }
    }

    private static func name(_ role: SearchRole) -> String {
        switch role {
        case .scalar(let scalar): "\"\(scalar.rawValue)\""
        case .step: "the step that comes back: that takes a pointer to a number"
        case .status: "the status: that takes a pointer to an integer"
        case .constant, .constants, .text: "this constant"
        case .parameter(let key): "the parameter \(key)"
        case .null: "a null pointer"
        case .callback: "a callback: write it as one, such as double (*phi)(double)"
        case .observer: "an observer: write it as a callback, such as void (*report)(int k, double f)"
        case .structure: "a struct: that takes a pointer to one that is declared in [struct.NAME]"
        }
    }
}
