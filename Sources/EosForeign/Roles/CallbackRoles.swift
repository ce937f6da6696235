import EosCore
import EosFFI
import EosTOML

/// Roles of arguments that are functions which C calls back.
extension RoleSyntax {
    static let callbacks: [RoleSyntax] = [
        RoleSyntax("observer") { request throws(EosError) in try request.plain(ObserverRole()) },
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
        "\(type) is not a function; write the prototype of the callback, such as double (*phi)(double t)"
    }
}

extension RoleSyntax.Request {
    /// A callback whose shape follows from its prototype.
    fileprivate func callback(_ name: String, giving result: CallbackShape.Meaning) throws(EosError) -> any Role {
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
        func meaning(_ node: Node) throws(EosError) -> Meaning {
            let name = try node.string()
            if let meaning = Meaning(rawValue: name) { return meaning }
            throw node.fault("unknown role \(name) of a callback\(hint(name, Meaning.allCases.map(\.rawValue)))")
        }
        let names = signature.parameters.enumerated().map { $1.name ?? "arg\($0 + 1)" }
        let given = try table.required("arguments", "a role for each argument of the callback").table(names)
        arguments = []
        for name in names {
            arguments.append(try meaning(try given.required(name, "an argument of the callback; give it a role")))
        }
        returns = signature.returns == .void ? .nothing : .status
        if let node = table["returns"] { returns = try meaning(node) }
    }
}

/// A function that the search calls for values of the ray.
struct RayCallbackRole: Role {
    let name: String
    let shape: CallbackShape

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let signature = type.callback else { throw RoleFault.unfit(RoleSyntax.noCallback(type)) }
        try shape.check(signature)
        _ = try CallInterface(signature, context.types)
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let ray = builder.environment.ray, let signature = type.callback else {
            throw RoleFault.unfit("a ray is available only in a search")
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

/// A callback without user data whose calls become lines of the run's log.
struct ObserverRole: Role {
    var name: String { "observer" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let signature = type.callback else {
            throw RoleFault.unfit(
                "\(type) is not a function; write the prototype of the observer, such as void (*report)(int k, "
                    + "double f)"
            )
        }
        try Observer.check(signature)
        _ = try CallInterface(signature, context.types)
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let signature = type.callback else { return }
        let target = builder.environment.observers
        let observer = try Observer(builder.call.interface.signature.name, signature, builder.types, target)
        if case .library = target {
            // As long as the library itself, which is never unloaded.
            _ = Unmanaged.passRetained(observer)
        } else {
            builder.keep(ObserverLife(observer))
        }
        address.storeBytes(of: observer.function, as: UnsafeMutableRawPointer.self)
    }

    func explain(_ type: CType) -> String { "an observer; each call writes a line to the log" }
}

/// Silences an observer when the object goes that it was made for.
private final class ObserverLife {
    private let observer: Observer
    init(_ observer: Observer) { self.observer = observer }
    deinit { observer.end() }
}
