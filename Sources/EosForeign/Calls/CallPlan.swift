import EosCore
import EosFFI

/// A call of a foreign function, prepared: what stays is in place, and what changes is known.
///
/// `run` allocates nothing. One thread at a time.
public final class CallPlan {
    /// Memory that C may write to and that begins each call as it was made.
    struct Restored {
        let memory: UnsafeMutableRawPointer
        let original: UnsafeMutableRawPointer
        let bytes: Int
    }

    struct Output {
        let kind: OutputKind
        let cell: UnsafeRawPointer
        let scalar: ScalarType
    }

    struct Cell {
        let cell: UnsafeMutableRawPointer
        let scalar: ScalarType
    }

    let call: ForeignCall
    private let restored: [Restored]
    private let vectors: [VectorBinding]
    private let coordinates: [CoordinateBinding]
    private let flags: [Cell]
    private let seeds: [Cell]
    private let numbers: [(number: SearchNumber, cell: Cell)]
    private let outputs: [Output]
    private let kept: [AnyObject]

    init(_ builder: PlanBuilder, restored: [Restored]) {
        call = builder.call
        self.restored = restored
        vectors = builder.vectors
        coordinates = builder.coordinates
        flags = builder.flags
        seeds = builder.seeds
        numbers = builder.numbers
        outputs = builder.outputs
        kept = builder.kept
    }

    /// Calls the function at what `frame` says, and leaves there what it gave.
    public func run(_ frame: inout Frame) {
        for one in restored { one.memory.copyMemory(from: one.original, byteCount: one.bytes) }
        for vector in vectors { vector.prepare(frame) }
        for coordinate in coordinates { coordinate.prepare(frame) }
        for flag in flags { flag.scalar.store(frame.gradient == nil ? 0 : 1 as Int64, at: flag.cell) }
        for seed in seeds { Self.store(frame.seed, seed) }
        if let search = frame.search {
            for one in numbers { one.cell.scalar.store(search[one.number], at: one.cell.cell) }
        }
        call.invoke()
        for vector in vectors { vector.finish(frame) }
        for coordinate in coordinates { coordinate.finish(frame) }
        frame.failure = nil
        for output in outputs {
            switch output.kind {
            case .value: frame.value = output.scalar.loadDouble(output.cell)
            case .step: frame.step = output.scalar.loadDouble(output.cell)
            case .dimension: frame.dimension = output.scalar.loadInteger(output.cell)
            case .status:
                let status = output.scalar.loadInteger(output.cell)
                if status != 0 { frame.failure = status }
            case .success:
                if output.scalar.loadInteger(output.cell) == 0 { frame.failure = 0 }
            }
        }
    }

    /// As many of the lowest bits as the type holds as a number that is not negative.
    private static func store(_ seed: UInt64, _ cell: Cell) {
        let bits = cell.scalar.size * 8
        let isSigned = [ScalarType.i8, .i16, .i32, .i64].contains(cell.scalar)
        let width = UInt64(isSigned ? bits - 1 : bits)
        let value = width >= 64 ? seed : seed & ((1 << width) - 1)
        // Little-endian: the lowest bytes come first.
        withUnsafeBytes(of: value) { cell.cell.copyMemory(from: $0.baseAddress!, byteCount: cell.scalar.size) }
    }
}
