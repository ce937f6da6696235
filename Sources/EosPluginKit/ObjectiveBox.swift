import CEos
import Glibc

/// What the C calls must know of an objective before they know its type. First in every box.
@usableFromInline
struct ObjectiveHead {
    @usableFromInline let host: HostServices
    @usableFromInline let dimension: Int
    // Metatypes with their witness tables: the virtual tables through which the C calls reach the code compiled for
    // the type. A C function pointer can't carry a generic parameter; a witness of a concrete conformance needs none.
    let type: any ObjectiveFunction.Type
    let ray: (any RayObjective.Type)?
    let curved: (any CurvedObjective.Type)?
    let sampled: (any SampledObjective.Type)?
    let sharded: (any ShardedObjective.Type)?
    let blocks: NamedTable<eos_block>
    let metrics: NamedTable<eos_metric>
}

/// The `self` of an objective's C table: plain memory, because a class would check exclusive access at every call.
@usableFromInline
struct ObjectiveBox<O: ObjectiveFunction> {
    @usableFromInline let head: ObjectiveHead
    @usableFromInline var objective: O

    @inlinable
    static func at(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<ObjectiveBox<O>> {
        pointer.assumingMemoryBound(to: ObjectiveBox<O>.self)
    }
}

/// Rows of C structs with names that live as long as the box.
struct NamedTable<Row> {
    let rows: UnsafeMutableBufferPointer<Row>
    private let names: [UnsafeMutablePointer<CChar>]

    init<Source>(_ source: [Source], names texts: (Source) -> [String?], row: (Source, [UnsafePointer<CChar>?]) -> Row)
    {
        var names: [UnsafeMutablePointer<CChar>] = []
        rows = .allocate(capacity: source.count)
        for (index, element) in source.enumerated() {
            let copies = texts(element).map { $0.flatMap { strdup($0) } }
            names += copies.compactMap { $0 }
            rows.initializeElement(at: index, to: row(element, copies.map { $0.map { UnsafePointer($0) } }))
        }
        self.names = names
    }

    func free() {
        names.forEach { Glibc.free($0) }
        rows.deallocate()
    }
}

extension NamedTable<eos_block> {
    init(_ blocks: [Block]) {
        self.init(blocks, names: { [$0.name] }) { block, names in
            var row = sized(eos_block())
            row.rank = UInt32(block.shape.count)
            row.name = names[0]
            row.offset = Int64(block.offset)
            withUnsafeMutableBytes(of: &row.shape) { bytes in
                let shape = bytes.bindMemory(to: Int64.self)
                for (axis, extent) in block.shape.enumerated() { shape[axis] = Int64(extent) }
            }
            return row
        }
    }
}

extension NamedTable<eos_metric> {
    init(_ metrics: [Metric]) {
        self.init(metrics, names: { [$0.name, $0.unit, $0.text] }) { _, names in
            var row = sized(eos_metric())
            row.name = names[0]
            row.unit = names[1]
            row.text = names[2]
            return row
        }
    }
}

extension UnsafeMutablePointer {
    @inlinable
    func vector<O>(_ pointer: UnsafeRawPointer) -> UnsafeBufferPointer<O.Scalar> where Pointee == ObjectiveBox<O> {
        UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: O.Scalar.self), count: pointee.head.dimension)
    }

    @inlinable
    func mutableVector<O>(
        _ pointer: UnsafeMutableRawPointer
    ) -> UnsafeMutableBufferPointer<O.Scalar> where Pointee == ObjectiveBox<O> {
        UnsafeMutableBufferPointer(
            start: pointer.assumingMemoryBound(to: O.Scalar.self), count: pointee.head.dimension)
    }

    @inlinable @inline(__always)
    func attempting<O>(_ body: () throws -> Void) -> eos_status where Pointee == ObjectiveBox<O> {
        pointee.head.host.attempting(body)
    }

    /// Evaluates into the struct that the host gave.
    @inlinable @inline(__always)
    func answering<O>(
        _ evaluation: UnsafeMutablePointer<eos_evaluation>,
        _ body: (UnsafeBufferPointer<O.Scalar>, UnsafeMutableBufferPointer<O.Scalar>?) throws -> Double
    ) -> eos_status where Pointee == ObjectiveBox<O> {
        let wantsGradient = evaluation.pointee.want & UInt32(EOS_WANT_GRADIENT) != 0
        let gradient = wantsGradient ? evaluation.pointee.gradient.map { mutableVector($0) } : nil
        do {
            let value = try body(vector(evaluation.pointee.x.unsafelyUnwrapped), gradient)
            evaluation.pointee.value = value
            return value.isFinite ? eos_status(EOS_OK) : eos_status(EOS_RECOVERABLE)
        } catch {
            return pointee.head.host.report(error)
        }
    }
}
