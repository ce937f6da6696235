import CEos
import EosCore

extension ForeignObjective {
    /// The functions of every foreign objective; the products are left out for those without.
    static func table(hasProduct: Bool) -> UnsafePointer<eos_objective_ops> {
        UnsafePointer(bitPattern: hasProduct ? withProduct : plain)!
    }

    private static let plain = make(hasProduct: false)
    private static let withProduct = make(hasProduct: true)

    private static func make(hasProduct: Bool) -> UInt {
        let table = UnsafeMutablePointer<eos_objective_ops>.allocate(capacity: 1)
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { if let object = $0 { Unmanaged<ForeignObjective>.fromOpaque(object).release() } }
        ops.describe = { pointer, out in
            of(pointer) { $0.describe(&out!.pointee) }
            return eos_status(EOS_OK)
        }
        ops.initial_point = { pointer, seed, x in of(pointer) { $0.initialPoint(seed: seed, into: x!) } }
        ops.evaluate = { pointer, evaluation in of(pointer) { $0.evaluate(&evaluation!.pointee) } }
        if hasProduct {
            ops.linearize = { pointer, x in of(pointer) { $0.linearize(at: x!) } }
            ops.curvature = { pointer, v, out in of(pointer) { $0.curvature(v!, into: out!) } }
        }
        table.initialize(to: ops)
        return UInt(bitPattern: table)
    }
}

/// Without the cost of counting references.
private func of<Result>(_ pointer: UnsafeMutableRawPointer?, _ body: (ForeignObjective) -> Result) -> Result {
    Unmanaged<ForeignObjective>.fromOpaque(pointer!)._withUnsafeGuaranteedRef { body($0) }
}
