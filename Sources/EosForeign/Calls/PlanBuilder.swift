import EosCore
import EosFFI

/// What is fixed for every call of an object.
struct PlanEnvironment {
    /// For all keys of the parameters.
    var values = Configuration()
    /// nil while it is asked for, and in setup and cleanup.
    var dimension: Int?
    /// Of the vectors in frames.
    var element = ElementType.f64
    var handles: HandleTable
    /// Whether C takes NULL for a gradient that is not wanted.
    var gradientMayBeNull = false
    /// What the callbacks of a search are bound to.
    var ray: SearchRay?
    var observers = ObserverTarget.nobody
}

/// Prepares a call: each role puts what stays into its place, and binds what every call changes.
final class PlanBuilder {
    let environment: PlanEnvironment
    let call: ForeignCall
    var types: TypeTable { call.interface.types }
    private var bindings: [Binding] = []
    private var kept: [AnyObject]
    private let storage = CallMemory()
    private var changing: [(memory: UnsafeMutableRawPointer, bytes: Int)] = []

    init(_ call: ForeignCall, _ environment: PlanEnvironment) {
        self.call = call
        self.environment = environment
        kept = [storage]
    }

    func finish() throws(EosError) -> CallPlan {
        var restored: [Binding] = []
        for (memory, bytes) in changing {
            let original = try storage.allocate(bytes)
            original.copyMemory(from: memory, byteCount: bytes)
            restored.append(.restored(memory, from: original, bytes: bytes))
        }
        return CallPlan(call, restored + bindings, kept)
    }

    /// Zeroed memory for the life of the plan.
    ///
    /// - Parameter restored: whether C may write to it, so that each call begins with what is there at the end of the
    ///   preparation.
    func memory(bytes: Int, restored: Bool) throws(EosError) -> UnsafeMutableRawPointer {
        let memory = try storage.allocate(bytes)
        if restored { changing.append((memory, bytes)) }
        return memory
    }

    /// Where to put a number that `carrier` takes to a place at `address`: there, or in memory that a pointer there
    /// points to.
    func cell(_ carrier: Carrier, at address: UnsafeMutableRawPointer) throws(EosError) -> NumberCell {
        guard carrier.isReference else { return NumberCell(address: address, scalar: carrier.scalar) }
        let cell = try memory(bytes: carrier.scalar.size, restored: !carrier.isConstant)
        address.storeBytes(of: cell, as: UnsafeMutableRawPointer.self)
        return NumberCell(address: cell, scalar: carrier.scalar)
    }

    /// Keeps `object` for the life of the plan.
    func keep(_ object: AnyObject) { kept.append(object) }

    func bind(_ binding: Binding) { bindings.append(binding) }

    func bind(_ kind: VectorKind, element index: Int, to cell: NumberCell) {
        bind(.coordinate(CoordinateBinding(kind: kind, index: index, cell: cell, own: environment.element)))
    }

    /// A vector that lies at `memory`, in a struct.
    func bind(_ kind: VectorKind, inside memory: UnsafeMutableRawPointer, _ foreign: ElementType, stride: Int) {
        bind(
            .vector(
                VectorBinding(
                    kind: kind, slot: nil, foreign: foreign, own: environment.element,
                    count: environment.dimension ?? 0, stride: stride, copy: memory, scratch: nil)))
    }

    /// A vector that a pointer at `slot` leads to.
    func bind(
        _ kind: VectorKind, at slot: UnsafeMutableRawPointer, _ foreign: ElementType, stride: Int, isConstant: Bool
    ) throws(EosError) {
        let count = environment.dimension ?? 0
        // The last element needs no room behind it; a dimension is at most 2^40 and a stride 1024.
        let bytes = max(1, count) * stride * foreign.size
        // C may write to a point that is not const, and the trainer's must stay.
        let isDirect = foreign == environment.element && stride == 1 && (kind.isOutput || isConstant)
        let needsScratch = kind == .gradient && !environment.gradientMayBeNull
        let memory = isDirect && !needsScratch ? nil : try storage.allocate(bytes)
        bind(
            .vector(
                VectorBinding(
                    kind: kind, slot: slot, foreign: foreign, own: environment.element, count: count, stride: stride,
                    copy: isDirect ? nil : memory, scratch: needsScratch ? memory : nil)))
    }
}
