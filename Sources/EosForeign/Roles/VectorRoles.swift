import EosCore
import EosFFI

extension RoleSyntax {
    static let vectors: [RoleSyntax] = [.point, .gradient, .direction, .product].map { (kind: VectorKind) in
        RoleSyntax("\(kind)", options: ["stride"]) { request throws(EosError) in
            let kind = kind == .point && request.context.purpose == .start ? .start : kind
            let stride = try request.options?["stride"]?.integer(in: 1...1024)
            guard let value = request.value else { return VectorRole(kind: kind, stride: Int(stride ?? 1)) }
            if stride != nil { throw request.node.fault("one coordinate has no stride; remove it") }
            guard kind == .point || kind == .gradient else {
                throw value.fault("\(kind.text) is passed as a vector; write only the name of the role")
            }
            let last = Int64(request.context.dimension ?? 1 << 40) - 1
            guard case .integer(let index) = value.kind, (0...max(0, last)).contains(index) else {
                throw value.fault(
                    "\(value.kind.text) is not a coordinate; give an integer from 0 to the dimension minus one"
                        + (request.context.dimension.map { ", \($0 - 1)" } ?? ""))
            }
            return CoordinateRole(kind: kind, index: Int(index))
        }
    }
}

/// A vector of the trainer, as C reads or writes it: by pointer, or by value where it has one element.
struct VectorRole: Role {
    let kind: VectorKind
    let stride: Int
    var name: String { kind == .start ? "point" : "\(kind)" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        if let (scalar, count) = type.elements {
            guard scalar.isFloatingPoint else { throw RoleFault.vector("the \(kind.text)", type) }
            guard !kind.isOutput || context.isShared else {
                throw RoleFault.output("the \(kind.text)", type, "struct NAME * with this field")
            }
            if let dimension = context.dimension { try checkRoom(dimension, count, type) }
            return
        }
        if let scalar = type.scalar, scalar.isFloatingPoint, !kind.isOutput {
            guard context.dimension == 1 else {
                throw RoleFault.unfit(
                    "the \(kind.text) is one \(type) in dimension 1 only; write { point = 0 } for a coordinate")
            }
            return
        }
        guard let scalar = type.pointee?.scalar, scalar.isFloatingPoint else {
            throw RoleFault.vector("the \(kind.text)", type)
        }
        if kind.isOutput, type.pointsToConstant { throw RoleFault.output("the \(kind.text)", type, "double *") }
    }

    /// Elements of an array that the vector does not fill are zero.
    private func checkRoom(_ dimension: Int, _ count: Int, _ type: CType) throws(EosError) {
        guard dimension <= 0 || (dimension - 1) * stride < count else {
            throw RoleFault.unfit(
                "the \(kind.text) does not fit into \(type): it has \(dimension) elements"
                    + (stride == 1 ? "" : ", every \(stride). of them used"))
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        if let (scalar, count) = type.elements {
            try checkRoom(builder.environment.dimension ?? 0, count, type)
            builder.bind(kind, inside: address, scalar == .f32 ? .f32 : .f64, stride: stride)
        } else if let scalar = type.scalar {
            builder.bind(kind, element: 0, to: NumberCell(address: address, scalar: scalar))
        } else {
            try builder.bind(
                kind, at: address, type.pointee == .float ? .f32 : .f64, stride: stride,
                isConstant: type.pointsToConstant)
        }
    }

    func explain(_ type: CType) -> String {
        if type.scalar != nil { return "the \(kind.text), by value" }
        if type.elements != nil { return "the \(kind.text): a copy in the struct" }
        let own = type.pointee == .float ? "f32" : "f64"
        let other = type.pointee == .float ? "f64" : "f32"
        let spread = stride == 1 ? "" : ", every \(stride). element"
        if stride == 1, kind.isOutput || type.pointsToConstant {
            return "the \(kind.text): directly in dtype \(own), converted in dtype \(other)\(spread)"
        }
        return "the \(kind.text): a copy\(kind.isOutput ? "" : ", which C may write to"), converted in dtype \(other)"
            + spread
    }
}

/// One coordinate of the point, or one element of the gradient.
struct CoordinateRole: Role {
    let kind: VectorKind
    let index: Int
    var name: String { "\(kind)" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type), carrier.scalar.isFloatingPoint else {
            throw RoleFault.unfit(
                "a coordinate can't be passed as \(type); it needs double, float or a pointer")
        }
        if kind.isOutput, carrier.isConstant {
            throw RoleFault.output("element \(index) of the gradient", type, "double *")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let dimension = builder.environment.dimension ?? 0
        guard index < dimension, let carrier = Carrier(type) else {
            throw RoleFault.unfit("the coordinate \(index) does not exist, because the dimension is \(dimension)")
        }
        builder.bind(kind, element: index, to: try builder.cell(carrier, at: address))
    }

    func explain(_ type: CType) -> String {
        kind.isOutput
            ? "element \(index) of the gradient, stored by the function"
            : "coordinate \(index) of the point, \(Carrier(type)?.text ?? "")"
    }
}
