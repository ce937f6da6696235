import EosCore
import EosFFI

/// An array inside a struct, each element of which has a role: `[{ point = 0 }, { point = 1 }, 0]`.
struct ElementsRole: Role {
    let parts: [RolePart]
    var name: String { "elements" }

    init(
        _ nodes: [Node], _ element: CType, _ count: Int, _ node: Node, _ context: RoleContext
    ) throws(EosError) {
        guard nodes.count == count else {
            throw node.fault("\(nodes.count) roles for an array of \(count) elements; give one for each")
        }
        var parts: [RolePart] = []
        for (index, node) in nodes.enumerated() {
            let role = try RoleSyntax.role(node, for: element, context)
            parts.append(RolePart(name: "[\(index)]", type: element, role: role))
        }
        self.parts = parts
    }

    /// Its elements were checked when they were read.
    func check(_ type: CType, _ context: RoleContext) throws(EosError) {}

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        for (index, part) in parts.enumerated() {
            let stride = builder.types.size(of: part.type)?.size ?? 0
            do throws(EosError) {
                try part.role.bind(part.type, at: address + index * stride, builder)
            } catch {
                throw error.within(part.name)
            }
        }
    }

    func explain(_ type: CType) -> String { "\(parts.count) elements, in the struct" }
}
