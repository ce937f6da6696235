import EosCore
import EosFFI
import EosTOML

/// How a role is written: "name" alone, or a table { name = value }; options stand beside it.
struct RoleSyntax: Sendable {
    /// What was written for a role.
    struct Request: Sendable {
        let node: Node
        /// nil where the name stands alone.
        let value: Node?
        /// The other keys of the table.
        let options: TableNode?
        let type: CType
        let context: RoleContext
    }

    let name: String
    /// Other keys of the table.
    let options: [String]
    let read: @Sendable (Request) throws(EosError) -> any Role

    init(
        _ name: String, options: [String] = [], _ read: @escaping @Sendable (Request) throws(EosError) -> any Role
    ) {
        self.name = name
        self.options = options
        self.read = read
    }

    /// All there are. A new role is a file of its own and a line in one of these lists.
    static let all: [RoleSyntax] = numbers + vectors + fixed + memory + callbacks

    static func role(
        _ node: Node, for type: CType, _ context: RoleContext
    ) throws(EosError) -> any Role {
        if case .array(let element, let count) = type, case .array(let nodes) = node.kind {
            return try CompoundRole(elements: nodes, element, count, node, context)
        }
        let (syntax, request) = try find(node, type, context)
        guard context.purpose.roles.contains(syntax.name) else {
            throw node.fault(
                "\(syntax.name) has no meaning in a function for the \(context.purpose.name); use "
                    + context.purpose.roles.joined(separator: ", "))
        }
        let role = try syntax.read(request)
        do throws(EosError) { try role.check(type, context) } catch { throw node.blame(error) }
        return role
    }

    private static func find(
        _ node: Node, _ type: CType, _ context: RoleContext
    ) throws(EosError) -> (RoleSyntax, Request) {
        func found(
            _ name: String, _ value: Node?, _ options: TableNode? = nil
        ) throws(EosError) -> (RoleSyntax, Request) {
            guard let syntax = all.first(where: { $0.name == name }) else { throw unknown(name, node) }
            _ = try options?.node.table([options?["role"] == nil ? name : "role"] + syntax.options)
            return (syntax, Request(node: node, value: value, options: options, type: type, context: context))
        }
        switch node.kind {
        case .bool, .integer, .number: return try found("constant", node)
        case .string(let name): return try found(name, nil)
        case .table(let entries):
            let table = TableNode(node: node, entries: entries)
            if let role = table["role"] { return try found(try role.string(), nil, table) }
            guard let name = entries.first(where: { entry in all.contains { $0.name == entry.name } })?.name else {
                let options = Set(all.flatMap(\.options))
                throw unknown(entries.first { !options.contains($0.name) }?.name ?? "{}", node)
            }
            return try found(name, table[name], table)
        case .array:
            throw node.fault(
                "an array can't be a role of \(type); write { array = [...] } to pass its numbers. A field that is an "
                    + "array needs one role for each element")
        }
    }

    private static func unknown(_ name: String, _ node: Node) -> EosError {
        node.fault("unknown role \(name)\(hint(name, all.map(\.name)))")
    }
}

extension RoleSyntax.Request {
    /// For roles that take no value of their own.
    func plain(_ role: any Role) throws(EosError) -> any Role {
        if let value { throw value.fault("this role has no value; write \"\(role.name)\" alone") }
        return role
    }

    func required(_ meaning: String) throws(EosError) -> Node {
        guard let value else { throw node.fault("this role needs a value: \(meaning)") }
        return value
    }
}
