import EosCore
import EosFFI
import EosTOML

extension RoleSyntax {
    static let memory: [RoleSyntax] = [
        RoleSyntax("null") { request throws(EosError) in try request.plain(NullRole()) },
        RoleSyntax("struct") { request throws(EosError) in
            try CompoundRole(request.required("{ struct = { size = \"dimension\" } }"), request)
        },
        RoleSyntax("handle") { request throws(EosError) in
            let node = try request.required("{ handle = \"problem\" }")
            let handle = try node.string()
            let (type, context) = (request.type, request.context)
            // A setup call fills a handle through a pointer to a pointer.
            guard
                context.handles.contains(handle)
                    || context.purpose == .setup && type.pointee?.isPointer == true
            else {
                throw node.fault(
                    "no setup call sets the handle \(handle)"
                        + hint(
                            handle, context.handles.sorted(),
                            else: "write a [[setup]] with returns = { handle = \"\(handle)\" }"))
            }
            return HandleRole(handle: handle)
        },
    ]
}

struct NullRole: Role {
    var name: String { "null" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard type.isPointer else { throw RoleFault.unfit("\(type) can't be null; use a pointer") }
    }

    /// The memory of arguments begins as zeros.
    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) {}

    func explain(_ type: CType) -> String { "null" }
}

/// A struct, by pointer or by value, or an array in one: each field or element has a role of its own.
struct CompoundRole: Role {
    let name: String
    let parts: [RolePart]
    private let offsets: [Int]
    private let size: Int
    private let text: String

    init(_ node: Node, _ request: RoleSyntax.Request) throws(EosError) {
        let type = request.type
        var known: String?
        if case .structure(let name) = type.pointee ?? type { known = name }
        guard let known, let layout = request.context.types.layouts[known] else {
            let what = known.map { "struct \($0) has no layout; declare it as [struct.\($0)]" }
            throw request.node.fault(what ?? "\(type) is neither a struct nor a pointer to one")
        }
        let table = try node.table(layout.fields.map { $0.name ?? "" })
        var context = request.context
        if type.isPointer { context.isShared = !type.pointsToConstant }
        var parts: [RolePart] = []
        for field in layout.fields {
            let name = field.name ?? ""
            guard let given = table[name] else {
                throw node.fault(
                    "the field \(name) of struct \(known) has no role; give it one, such as { constant = 0 } or "
                        + "\"null\""
                )
            }
            let role = try RoleSyntax.role(given, for: field.type, context)
            parts.append(RolePart(name: name, type: field.type, role: role))
        }
        (name, text) = ("struct", "struct \(known), \(type.isPointer ? "by reference" : "by value")")
        (self.parts, offsets, size) = (parts, layout.offsets, layout.size)
    }

    /// An array inside a struct: `[{ point = 0 }, { point = 1 }, 0]`.
    init(
        elements nodes: [Node], _ type: CType, _ count: Int, _ node: Node, _ context: RoleContext
    ) throws(EosError) {
        guard nodes.count == count else {
            throw node.fault("\(nodes.count) roles for an array of \(count) elements; give one for each")
        }
        var parts: [RolePart] = []
        for (index, node) in nodes.enumerated() {
            let role = try RoleSyntax.role(node, for: type, context)
            parts.append(RolePart(name: "[\(index)]", type: type, role: role))
        }
        let stride = context.types.size(of: type)?.size ?? 0
        (name, text) = ("elements", "\(count) elements, in the struct")
        (self.parts, offsets, size) = (parts, parts.indices.map { $0 * stride }, count * stride)
    }

    /// Its parts were checked when they were read.
    func check(_ type: CType, _ context: RoleContext) throws(EosError) {}

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        var memory = address
        if type.isPointer {
            memory = try builder.memory(bytes: size, restored: !type.pointsToConstant)
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        }
        for (part, offset) in zip(parts, offsets) { try part.bind(at: memory + offset, builder) }
    }

    func explain(_ type: CType) -> String { text }
}

/// A pointer of the library's own, which a setup call gave.
struct HandleRole: Role {
    let handle: String
    var name: String { "handle" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard type.isPointer else {
            throw RoleFault.unfit("a handle is a pointer and can't be passed as \(type); use a pointer")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) {
        let cell = builder.environment.handles.cell(handle)
        // A pointer to a pointer is where the function stores the handle, or takes it away.
        let pointer = type.pointee?.isPointer == true ? cell : cell.load(as: UnsafeMutableRawPointer?.self)
        address.storeBytes(of: pointer, as: UnsafeMutableRawPointer?.self)
    }

    func explain(_ type: CType) -> String {
        type.pointee?.isPointer == true ? "a pointer to the handle \(handle)" : "the handle \(handle)"
    }
}
