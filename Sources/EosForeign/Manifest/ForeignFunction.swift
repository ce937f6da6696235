import EosCore
import EosFFI
import EosTOML

/// A function of a library and what its arguments and its result mean.
struct ForeignFunction: Sendable {
    enum Result: Sendable, Equatable {
        case nothing
        /// In dimension 1.
        case gradient
        case handle(String)
        case output(GivenNumber)

        var text: String {
            switch self {
            case .nothing: "nothing that eos uses"
            case .gradient: "the gradient"
            case .handle(let name): "the handle \(name)"
            case .output(.status): "the status; any number but 0 is a failure"
            case .output(.success): "the success; 0 is a failure"
            case .output(let kind): "the \(kind.rawValue)"
            }
        }

        /// The role that an argument of the same meaning would have.
        var role: String? {
            switch self {
            case .nothing: nil
            case .gradient: "gradient"
            case .handle: "handle"
            case .output(let kind): kind.rawValue
            }
        }
    }

    let purpose: Purpose
    let signature: Signature
    /// One for each parameter of the signature.
    let arguments: [RolePart]
    let result: Result
    /// Where the manifest declares it.
    let node: Node

    /// The keys of the table of a function; others that stand in the same table are the caller's.
    static let keys = ["function", "arguments", "returns"]

    /// Reads `function`, `arguments` and `returns` of a table.
    init(_ table: TableNode, _ context: RoleContext) throws(EosError) {
        let prototype = try table.required(
            "function", "the C prototype, such as \"double f(int n, const double *x)\"")
        let text = try prototype.string()
        do throws(EosError) {
            signature = try SignatureParser.function(text, structs: Set(context.types.layouts.keys))
            // What libffi refuses is better known now than when an object is made.
            _ = try CallInterface(signature, context.types)
        } catch {
            throw prototype.blame(error)
        }
        arguments = try Self.arguments(of: signature, table["arguments"], prototype, context)
        result = try Self.result(of: signature, table["returns"], prototype, context)
        purpose = context.purpose
        node = prototype
    }

    private static func arguments(
        of signature: Signature, _ given: Node?, _ prototype: Node, _ context: RoleContext
    ) throws(EosError) -> [RolePart] {
        let names = signature.parameters.enumerated().map { $1.name ?? "arg\($0 + 1)" }
        let table = try given?.table(names, "a table with a role for each argument")
        var parts: [RolePart] = []
        for (name, parameter) in zip(names, signature.parameters) {
            guard let node = table?[name] else {
                let unnamed =
                    parameter.name == nil
                    ? " (it has no name in the prototype; such arguments are called arg1, arg2, …)" : ""
                throw (given ?? prototype).fault(
                    "the argument \(name) of \(signature.name), \(parameter.type), has no role\(unnamed); give it one, "
                        + "such as \(name) = \"point\"")
            }
            let role = try RoleSyntax.role(node, for: parameter.type, context)
            parts.append(RolePart(name: name, type: parameter.type, role: role))
        }
        return parts
    }

    private static func result(
        of signature: Signature, _ given: Node?, _ prototype: Node, _ context: RoleContext
    ) throws(EosError) -> Result {
        let results = context.purpose.results
        let choices = results.map { $0 == "handle" ? "{ handle = \"name\" }" : "\"\($0)\"" }.joined(separator: ", ")
        guard let given else {
            guard signature.returns == .void else {
                throw prototype.fault(
                    "\(signature.name) returns \(signature.returns), which has no meaning yet; write returns = "
                        + "\(choices)"
                )
            }
            return .nothing
        }
        if case .table = given.kind, results.contains("handle") {
            guard signature.returns.isPointer else {
                throw given.fault(
                    "\(signature.name) returns \(signature.returns), but a handle is a pointer; return a pointer")
            }
            return .handle(try given.table(["handle"]).required("handle", "its name").string())
        }
        let name = try given.string()
        guard results.contains(name), name != "handle" else {
            throw given.fault(
                "\"\(name)\" can't be the result of a function for the \(context.purpose.name)"
                    + hint(name, results, else: "write \(choices)"))
        }
        if name == "nothing" { return .nothing }
        let scalar = signature.returns.scalar
        if name == "gradient" {
            guard scalar?.isFloatingPoint == true, context.dimension == 1 else {
                throw given.fault(
                    "a gradient is returned as double or float in dimension 1 only; \(signature.name) returns "
                        + "\(signature.returns); give it an argument with the role \"gradient\"")
            }
            return .gradient
        }
        guard let kind = GivenNumber(rawValue: name), let scalar, kind.sort.accepts(scalar) else {
            throw given.fault("\(signature.name) returns \(signature.returns), which can't be the \(name)")
        }
        return .output(kind)
    }
}

extension ForeignFunction {
    /// All roles with their types, fields of structs among them.
    var parts: [RolePart] { Self.flat(arguments) }

    private static func flat(_ parts: [RolePart]) -> [RolePart] { parts.flatMap { [$0] + flat($0.role.parts) } }

    func has(_ role: String) -> Bool { parts.contains { $0.role.name == role } || result.role == role }

    /// Throws unless something carries `role`.
    func require(_ role: String, _ remedy: String) throws(EosError) {
        if !has(role) { throw node.fault("\(signature.name) does not give or take the \(role); \(remedy)") }
    }

    /// The element type of the vectors that it takes: that of the trainer where nothing is to be converted.
    var element: ElementType? {
        for part in parts where ["point", "gradient", "direction", "product"].contains(part.role.name) {
            let type = part.type
            if let scalar = type.scalar ?? type.pointee?.scalar ?? type.elements?.scalar {
                return scalar == .f32 ? .f32 : .f64
            }
        }
        return nil
    }

    /// Whether a number that it gives is a float.
    var isSingle: Bool {
        if element == .f32 || (result != .nothing && signature.returns == .float) { return true }
        return parts.contains { $0.role.name == "value" && $0.type.pointee == .float }
    }

    /// Prepares the memory of a call.
    ///
    /// - Throws: `EOS_E_CONFIG` for a value that an argument can't hold, with function and argument.
    func bind(_ builder: PlanBuilder) throws(EosError) {
        for (index, argument) in arguments.enumerated() {
            do throws(EosError) {
                try argument.role.bind(argument.type, at: builder.call.slot(index), builder)
            } catch {
                throw error.within("\(signature.name): \(argument.name)")
            }
        }
        guard let scalar = signature.returns.scalar else { return }
        let cell = NumberCell(address: builder.call.resultPointer, scalar: scalar)
        switch result {
        case .output(let number): builder.bind(.given(number, cell))
        case .gradient: builder.bind(.gradient, element: 0, to: cell)
        case .nothing, .handle: break
        }
    }

    /// The handles that it fills.
    var handles: [String] {
        var names = parts.compactMap { part in
            part.type.pointee?.isPointer == true ? (part.role as? HandleRole)?.handle : nil
        }
        if case .handle(let name) = result { names.append(name) }
        return names
    }
}
