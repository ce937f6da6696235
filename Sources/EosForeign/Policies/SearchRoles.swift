import CEos
import EosCore
import EosFFI

/// Roles of the arguments of searches.
extension RoleSyntax {
    static let searches: [RoleSyntax] =
        SearchNumber.allCases.filter { $0 != .value }.map { number in
            RoleSyntax(number.rawValue) { request throws(EosError) in
                try request.plain(SearchNumberRole(number: number))
            }
        } + [
            RoleSyntax("step") { request throws(EosError) in try request.plain(StepRole()) },
            RoleSyntax("phi") { request throws(EosError) in try request.callback("phi", giving: .value) },
            RoleSyntax("dphi") { request throws(EosError) in try request.callback("dphi", giving: .slope) },
            RoleSyntax("callback") { request throws(EosError) in
                let table = try request.required("{ callback = { arguments = { t = \"step\" }, returns = \"value\" } }")
                    .table(["arguments", "returns"])
                guard let signature = request.type.callback else { throw request.node.fault(noCallback(request.type)) }
                return RayCallbackRole(name: "callback", shape: try CallbackShape(table, signature))
            },
        ]

    fileprivate static func noCallback(_ type: CType) -> String {
        "\(type) is no function; write the callback's own prototype, such as double (*phi)(double t)"
    }
}

extension RoleSyntax.Request {
    /// A callback whose shape follows from its prototype.
    fileprivate func callback(_ name: String, giving result: CallbackShape.Role) throws(EosError) -> any Role {
        guard let signature = type.callback else { throw node.fault(RoleSyntax.noCallback(type)) }
        do throws(EosError) {
            return try plain(RayCallbackRole(name: name, shape: try CallbackShape(signature, giving: result)))
        } catch {
            throw node.blame(error)
        }
    }
}

extension CallbackShape {
    /// `{ arguments = { t = "step", f = "value" }, returns = "nothing" }`.
    init(_ table: TableNode, _ signature: Signature) throws(EosError) {
        func role(_ node: Node) throws(EosError) -> Role {
            let name = try node.string()
            if let role = Role(rawValue: name) { return role }
            let names = Role.allCases.map(\.rawValue)
            let near = nearest(to: name, in: names).map { "; did you mean \($0)?" }
            throw node.fault(
                "unknown role \(name) of a callback\(near ?? "; there are \(names.joined(separator: ", "))")")
        }
        let names = signature.parameters.enumerated().map { $1.name ?? "arg\($0 + 1)" }
        let given = try table.required("arguments", "a role for each argument of the callback").table(names)
        arguments = []
        for name in names {
            arguments.append(try role(try given.required(name, "an argument of the callback, which needs a role")))
        }
        returns = signature.returns == .void ? .nothing : .status
        if let node = table["returns"] { returns = try role(node) }
    }
}

/// A number that the search is told.
struct SearchNumberRole: Role {
    let number: SearchNumber
    var name: String { number.rawValue }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type), carrier.scalar != .bool else { throw RoleFault.number(number.text, type) }
        guard carrier.scalar.isFloatingPoint || number == .iteration else {
            throw EosError(EOS_E_CONFIG, "\(number.text) is no integer; it can't be passed as \(type)")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        builder.addNumber(number, at: cell, scalar)
    }

    func explain(_ type: CType) -> String { "\(number.text), \(Carrier(type)?.text ?? "")" }
}

/// The step that comes back through a pointer; before the call, the one to begin with.
struct StepRole: Role {
    var name: String { "step" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type), carrier.isReference, !carrier.isConstant, carrier.scalar.isFloatingPoint
        else { throw RoleFault.output("the step", type, "double *") }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        builder.addNumber(.nextStep, at: cell, scalar)
        builder.addOutput(.step, at: cell, scalar)
    }

    func explain(_ type: CType) -> String { "the step, stored by the function; before, the one to begin with" }
}

/// A function that the search calls for values of the ray.
struct RayCallbackRole: Role {
    let name: String
    let shape: CallbackShape

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let signature = type.callback else { throw EosError(EOS_E_CONFIG, RoleSyntax.noCallback(type)) }
        try shape.check(signature)
        _ = try CallInterface(signature, context.types)
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let ray = builder.environment.ray, let signature = type.callback else {
            throw EosError(EOS_E_CONFIG, "only a search has a ray")
        }
        let callback = try RayCallback(shape, signature, builder.types, ray)
        builder.keep(callback)
        address.storeBytes(of: callback.function, as: UnsafeMutableRawPointer.self)
    }

    func explain(_ type: CType) -> String {
        shape.usesSlope
            ? "a function of the step, for the slope along the ray"
            : "a function of the step, for the value along the ray"
    }
}
