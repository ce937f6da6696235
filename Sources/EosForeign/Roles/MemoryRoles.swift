import CEos
import EosCore
import EosFFI

extension RoleSyntax {
    static let memory: [RoleSyntax] = [
        RoleSyntax("null") { request throws(EosError) in try request.plain(NullRole()) },
        RoleSyntax("array") { request throws(EosError) in
            ArrayRole(numbers: try request.required("{ array = [1, 2] }").numbers())
        },
        RoleSyntax("struct") { request throws(EosError) in
            try StructRole(request.required("{ struct = { size = \"dimension\" } }"), request)
        },
        RoleSyntax("handle") { request throws(EosError) in
            let node = try request.required("{ handle = \"problem\" }")
            let handle = try node.string()
            guard request.context.handles.contains(handle) || request.isHandleFilled else {
                let near = nearest(to: handle, in: request.context.handles.sorted()).map { "; did you mean \($0)?" }
                throw node.fault(
                    "no setup call fills the handle \(handle)"
                        + (near ?? "; give a [[setup]] returns = { handle = \"\(handle)\" }"))
            }
            return HandleRole(handle: handle)
        },
    ]
}

extension RoleSyntax.Request {
    /// A setup call fills a handle through a pointer to a pointer.
    fileprivate var isHandleFilled: Bool { context.purpose == .setup && type.pointee?.isPointer == true }
}

struct NullRole: Role {
    var name: String { "null" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard type.isPointer else { throw EosError(EOS_E_CONFIG, "\(type) can't be null: only pointers can") }
    }

    /// The memory of arguments begins as zeros.
    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) {}

    func explain(_ type: CType) -> String { "null" }
}

/// Numbers that are always the same.
struct ArrayRole: Role {
    let numbers: [Double]
    var name: String { "array" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) { try Passing.check(.numbers(numbers), type) }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        try Passing.bind(.numbers(numbers), type, at: address, builder)
    }

    func explain(_ type: CType) -> String {
        "\(numbers.count) numbers, \(type.elements == nil ? "by reference" : "in the struct")"
    }
}

/// A struct, by pointer or by value, each field of which has a role.
struct StructRole: Role {
    let parts: [RolePart]
    let structure: String
    private let offsets: [Int]
    private let size: Int
    var name: String { "struct" }

    init(_ node: Node, _ request: RoleSyntax.Request) throws(EosError) {
        let type = request.type
        var known: String?
        if case .structure(let name) = type { known = name }
        if case .structure(let name) = type.pointee { known = name }
        guard let known, let layout = request.context.types.layouts[known] else {
            let what = known.map { "struct \($0) has no layout; declare it as [struct.\($0)]" }
            throw request.node.fault(what ?? "\(type) is no struct and no pointer to one")
        }
        let names = layout.fields.map { $0.name ?? "" }
        let table = try node.table(names)
        var context = request.context
        if type.isPointer { context.isShared = !type.pointsToConstant }
        var parts: [RolePart] = []
        for field in layout.fields {
            let name = field.name ?? ""
            guard let given = table[name] else {
                throw node.fault(
                    "the field \(name) of struct \(known) has no role; zero is { constant = 0 } or \"null\"")
            }
            parts.append(
                RolePart(
                    name: name, type: field.type,
                    role: try RoleSyntax.role(given, for: field.type, context)))
        }
        self.parts = parts
        structure = known
        offsets = layout.offsets
        size = layout.size
    }

    /// Its fields were checked when they were read.
    func check(_ type: CType, _ context: RoleContext) throws(EosError) {}

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        var memory = address
        if type.isPointer {
            memory = try builder.memory(bytes: size, restored: !type.pointsToConstant)
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        }
        for (part, offset) in zip(parts, offsets) {
            do throws(EosError) {
                try part.role.bind(part.type, at: memory + offset, builder)
            } catch {
                throw error.within(part.name)
            }
        }
    }

    func explain(_ type: CType) -> String { "struct \(structure), \(type.isPointer ? "by reference" : "by value")" }
}

/// A pointer of the library's own, which a setup call gave.
struct HandleRole: Role {
    let handle: String
    var name: String { "handle" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard type.isPointer else {
            throw EosError(EOS_E_CONFIG, "a handle can't be passed as \(type): it is a pointer")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) {
        let cell = builder.environment.handles.cell(handle)
        // A pointer to a pointer is where the function stores the handle, or takes it away.
        let pointer = type.pointee?.isPointer == true ? cell : cell.load(as: UnsafeMutableRawPointer?.self)
        address.storeBytes(of: pointer, as: UnsafeMutableRawPointer?.self)
    }

    func explain(_ type: CType) -> String {
        type.pointee?.isPointer == true ? "where the handle \(handle) is" : "the handle \(handle)"
    }
}
