import CEos
import EosCore
import EosFFI

/// What is fixed for every call of an object.
public struct PlanEnvironment {
    /// For all keys of the parameters.
    public var values: Configuration
    /// nil while it is asked for, and in setup and cleanup.
    public var dimension: Int?
    /// Of the vectors in frames.
    public var element: ElementType
    public var handles: HandleTable
    /// Whether C takes NULL for a gradient that is not wanted.
    public var gradientMayBeNull = false
    /// What the callbacks of a search are bound to.
    public var ray: SearchRay?
    public var observers = ObserverTarget.nobody

    public init(values: Configuration, dimension: Int?, element: ElementType, handles: HandleTable) {
        self.values = values
        self.dimension = dimension
        self.element = element
        self.handles = handles
    }
}

/// Prepares a call: each role binds its argument, and says what every call has to do for it.
public final class PlanBuilder {
    public let environment: PlanEnvironment
    public let types: TypeTable
    let call: ForeignCall
    private(set) var vectors: [VectorBinding] = []
    private(set) var coordinates: [CoordinateBinding] = []
    private(set) var flags: [CallPlan.Cell] = []
    private(set) var seeds: [CallPlan.Cell] = []
    private(set) var outputs: [CallPlan.Output] = []
    private(set) var numbers: [(number: SearchNumber, cell: CallPlan.Cell)] = []
    /// What the call uses and has to live as long as it.
    private(set) var kept: [AnyObject]
    private let storage = CallMemory()
    private var changing: [(memory: UnsafeMutableRawPointer, bytes: Int)] = []

    /// - Throws: `EOS_E_CONFIG` for a value that an argument can't hold, with function and argument.
    public static func plan(
        _ function: ForeignFunction, _ symbol: UnsafeRawPointer, _ types: TypeTable, _ environment: PlanEnvironment
    ) throws(EosError) -> CallPlan {
        let interface = try CallInterface(function.signature, types)
        let builder = PlanBuilder(ForeignCall(symbol, interface), types, environment)
        for (index, argument) in function.arguments.enumerated() {
            do throws(EosError) {
                try argument.role.bind(argument.type, at: builder.call.slot(index), builder)
            } catch {
                throw error.within("\(function.signature.name): \(argument.name)")
            }
        }
        if let scalar = function.signature.returns.scalar {
            switch function.result {
            case .output(let kind): builder.addOutput(kind, at: builder.call.resultPointer, scalar)
            case .gradient: builder.addCoordinate(.gradient, 0, at: builder.call.resultPointer, scalar)
            case .nothing, .handle: break
            }
        }
        return try builder.finish()
    }

    private init(_ call: ForeignCall, _ types: TypeTable, _ environment: PlanEnvironment) {
        self.call = call
        self.types = types
        self.environment = environment
        kept = [storage]
    }

    private func finish() throws(EosError) -> CallPlan {
        var restored: [CallPlan.Restored] = []
        for one in changing {
            let original = try storage.allocate(one.bytes)
            original.copyMemory(from: one.memory, byteCount: one.bytes)
            restored.append(CallPlan.Restored(memory: one.memory, original: original, bytes: one.bytes))
        }
        return CallPlan(self, restored: restored)
    }

    /// Zeroed memory for the life of the plan.
    ///
    /// - Parameter restored: whether C may write to it, so that each call begins with what is there at the end of the
    ///   preparation.
    public func memory(bytes: Int, restored: Bool) throws(EosError) -> UnsafeMutableRawPointer {
        let memory = try storage.allocate(bytes)
        if restored { changing.append((memory, bytes)) }
        return memory
    }

    /// Where to put a number for a place of `type` at `address`: there, or in memory that a pointer there points to.
    public func number(
        _ type: CType, at address: UnsafeMutableRawPointer
    ) throws(EosError) -> (UnsafeMutableRawPointer, ScalarType) {
        guard let carrier = Carrier(type) else { throw RoleFault.number("a number", type) }
        guard carrier.isReference else { return (address, carrier.scalar) }
        let cell = try memory(bytes: carrier.scalar.size, restored: !carrier.isConstant)
        address.storeBytes(of: cell, as: UnsafeMutableRawPointer.self)
        return (cell, carrier.scalar)
    }

    /// Keeps `object` for the life of the plan.
    public func keep(_ object: AnyObject) { kept.append(object) }

    func addFlag(at cell: UnsafeMutableRawPointer, _ scalar: ScalarType) {
        flags.append(CallPlan.Cell(cell: cell, scalar: scalar))
    }

    func addSeed(at cell: UnsafeMutableRawPointer, _ scalar: ScalarType) {
        seeds.append(CallPlan.Cell(cell: cell, scalar: scalar))
    }

    func addNumber(_ number: SearchNumber, at cell: UnsafeMutableRawPointer, _ scalar: ScalarType) {
        numbers.append((number, CallPlan.Cell(cell: cell, scalar: scalar)))
    }

    func addOutput(_ kind: OutputKind, at cell: UnsafeRawPointer, _ scalar: ScalarType) {
        outputs.append(CallPlan.Output(kind: kind, cell: cell, scalar: scalar))
    }

    func addCoordinate(_ kind: VectorKind, _ index: Int, at cell: UnsafeMutableRawPointer, _ scalar: ScalarType) {
        coordinates.append(
            CoordinateBinding(kind: kind, index: index, cell: cell, scalar: scalar, own: environment.element))
    }

    /// A vector that lies in a struct.
    func addVector(_ kind: VectorKind, inside memory: UnsafeMutableRawPointer, _ foreign: ElementType, stride: Int) {
        vectors.append(
            VectorBinding(
                kind: kind, slot: nil, foreign: foreign, own: environment.element, count: environment.dimension ?? 0,
                stride: stride, copy: memory, scratch: nil))
    }

    func addVector(
        _ kind: VectorKind, at slot: UnsafeMutableRawPointer, _ foreign: ElementType, stride: Int, isConstant: Bool
    ) throws(EosError) {
        let count = environment.dimension ?? 0
        // The last element needs no room behind it; a dimension is at most 2^40 and a stride 1024.
        let bytes = max(1, count) * stride * foreign.size
        // C may write to a point that is not const, and the trainer's must stay.
        let isDirect = foreign == environment.element && stride == 1 && (kind.isOutput || isConstant)
        let copy = isDirect ? nil : try storage.allocate(bytes)
        var scratch: UnsafeMutableRawPointer?
        if kind == .gradient, !environment.gradientMayBeNull {
            if let copy { scratch = copy } else { scratch = try storage.allocate(bytes) }
        }
        vectors.append(
            VectorBinding(
                kind: kind, slot: slot, foreign: foreign, own: environment.element, count: count, stride: stride,
                copy: copy, scratch: scratch))
    }
}
