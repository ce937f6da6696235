import CEos
import EosCore
import EosFFI

/// Numbers that a call gives.
public enum OutputKind: String, Sendable {
    case value
    /// 0 is success.
    case status
    /// 0 is failure.
    case success
    case dimension
    /// That a search found.
    case step

    func accepts(_ scalar: ScalarType) -> Bool {
        switch self {
        case .value, .step: scalar.isFloatingPoint
        case .status, .success: !scalar.isFloatingPoint
        case .dimension: !scalar.isFloatingPoint && scalar != .bool
        }
    }
}

extension RoleSyntax {
    static let outputs: [RoleSyntax] = [OutputKind.value, .status, .success].map { kind in
        RoleSyntax(kind.rawValue) { request throws(EosError) in
            // What an evaluation gives, a search is told.
            if kind == .value, request.context.purpose == .search {
                return try request.plain(SearchNumberRole(number: .value))
            }
            return try request.plain(OutputRole(kind: kind))
        }
    }
}

/// A number that the function stores through a pointer.
struct OutputRole: Role {
    let kind: OutputKind
    var name: String { kind.rawValue }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        let example = kind == .value ? "double *" : "int *"
        guard let carrier = Carrier(type), carrier.isReference, !carrier.isConstant, kind.accepts(carrier.scalar) else {
            throw RoleFault.output("the \(name)", type, example)
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        // What a function that fails before it stores anything leaves behind.
        if kind == .value { scalar.store(Double.nan, at: cell) }
        if kind == .success { scalar.store(1 as Int64, at: cell) }
        builder.addOutput(kind, at: cell, scalar)
    }

    func explain(_ type: CType) -> String {
        switch kind {
        case .value, .dimension, .step: "the \(name), stored by the function"
        case .status: "the status, stored by the function: other than 0 is a failure"
        case .success: "the success, stored by the function: 0 is a failure"
        }
    }
}
