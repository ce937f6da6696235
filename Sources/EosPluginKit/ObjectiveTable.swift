import CEos
import Glibc

/// Which optional entries an objective's table has.
struct ObjectiveCapabilities: OptionSet {
    let rawValue: Int
    static let ray = ObjectiveCapabilities(rawValue: 1)
    static let curved = ObjectiveCapabilities(rawValue: 2)
    static let sharded = ObjectiveCapabilities(rawValue: 4)
    static let blocked = ObjectiveCapabilities(rawValue: 8)
    static let measured = ObjectiveCapabilities(rawValue: 16)
    static let stateful = ObjectiveCapabilities(rawValue: 32)
    static let sampled = ObjectiveCapabilities(rawValue: 64)
    /// Sets of these.
    static let sets = 128

    init(rawValue: Int) { self.rawValue = rawValue }

    init(of type: any ObjectiveFunction.Type) {
        self = []
        if type is any RayObjective.Type { insert(.ray) }
        if type is any CurvedObjective.Type { insert(.curved) }
        if type is any ShardedObjective.Type { insert(.sharded) }
        if type is any BlockedObjective.Type { insert(.blocked) }
        if type is any MeasuredObjective.Type { insert(.measured) }
        if type is any StatefulObjective.Type { insert(.stateful) }
        if type is any SampledObjective.Type { insert(.sampled) }
    }
}

/// One table for each set of capabilities, never freed: the entries find the type in the box.
private nonisolated(unsafe) let objectiveTables: UnsafePointer<eos_objective_ops> = {
    let tables = UnsafeMutablePointer<eos_objective_ops>.allocate(capacity: ObjectiveCapabilities.sets)
    for set in 0..<ObjectiveCapabilities.sets {
        (tables + set).initialize(to: objectiveTable(ObjectiveCapabilities(rawValue: set)))
    }
    return UnsafePointer(tables)
}()

/// Makes an objective of `type` and its box.
func makeObjective(
    _ type: any ObjectiveFunction.Type, configuration: ConfigReader, host: HostServices
) throws -> (ops: UnsafePointer<eos_objective_ops>, box: UnsafeMutableRawPointer) {
    let chosen = try type.implementation(for: configuration)
    let box = try makeBox(chosen, configuration, host)
    return (objectiveTables + ObjectiveCapabilities(of: chosen).rawValue, box)
}

private func makeBox<O: ObjectiveFunction>(
    _ type: O.Type, _ configuration: ConfigReader, _ host: HostServices
) throws -> UnsafeMutableRawPointer {
    let objective = try O(configuration: configuration, host: host)
    guard objective.dimension >= 1 else {
        throw PluginError.invalid("an objective of dimension \(objective.dimension) has no parameters; give at least 1")
    }
    let blocks = (objective as? any BlockedObjective)?.blocks ?? []
    for block in blocks where !(1...4).contains(block.shape.count) {
        throw PluginError(EOS_E_PLUGIN, "block \(block.name) has \(block.shape.count) extents; give one to four")
    }
    let head = ObjectiveHead(
        host: host, dimension: objective.dimension, type: type, ray: type as? any RayObjective.Type,
        curved: type as? any CurvedObjective.Type, sampled: type as? any SampledObjective.Type,
        sharded: type as? any ShardedObjective.Type, blocks: NamedTable(blocks),
        metrics: NamedTable((objective as? any MeasuredObjective)?.metrics ?? []))
    let box = UnsafeMutablePointer<ObjectiveBox<O>>.allocate(capacity: 1)
    box.initialize(to: ObjectiveBox(head: head, objective: objective))
    return UnsafeMutableRawPointer(box)
}

/// Every box begins with its head.
@inline(__always)
private func head(_ box: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<ObjectiveHead> {
    box.unsafelyUnwrapped.assumingMemoryBound(to: ObjectiveHead.self)
}

private func objectiveTable(_ capabilities: ObjectiveCapabilities) -> eos_objective_ops {
    var ops = sized(eos_objective_ops())
    ops.destroy = { if let box = $0 { destroy(head(box).pointee.type, box) } }
    ops.describe = { describe(head($0).pointee.type, $0.unsafelyUnwrapped, $1.unsafelyUnwrapped) }
    ops.initial_point = { initialPoint(head($0).pointee.type, $0.unsafelyUnwrapped, $1, $2.unsafelyUnwrapped) }
    ops.evaluate = { head($0).pointee.type._evaluate($0.unsafelyUnwrapped, $1.unsafelyUnwrapped) }
    if capabilities.contains(.ray) {
        ops.ray_begin = {
            head($0).pointee.ray.unsafelyUnwrapped
                ._beginRay($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped)
        }
        ops.ray_value = {
            head($0).pointee.ray.unsafelyUnwrapped._rayValue($0.unsafelyUnwrapped, $1, $2.unsafelyUnwrapped)
        }
        ops.ray_commit = { head($0).pointee.ray.unsafelyUnwrapped._commitRay($0.unsafelyUnwrapped, $1, $2) }
    }
    if capabilities.contains(.curved) {
        ops.linearize = {
            head($0).pointee.curved.unsafelyUnwrapped._linearize($0.unsafelyUnwrapped, $1.unsafelyUnwrapped)
        }
        ops.curvature = {
            head($0).pointee.curved.unsafelyUnwrapped
                ._curvature($0.unsafelyUnwrapped, $1.unsafelyUnwrapped, $2.unsafelyUnwrapped)
        }
    }
    if capabilities.contains(.sampled) {
        ops.sampled_curvature = {
            head($0).pointee.sampled.unsafelyUnwrapped
                ._sampledCurvature($0.unsafelyUnwrapped, $1, $2.unsafelyUnwrapped, $3.unsafelyUnwrapped)
        }
    }
    if capabilities.contains(.sharded) {
        ops.evaluate_shards = {
            head($0).pointee.sharded.unsafelyUnwrapped._evaluateShards($0.unsafelyUnwrapped, $1.unsafelyUnwrapped)
        }
    }
    if capabilities.contains(.blocked) {
        ops.block = { row(of: head($0).pointee.blocks, $1, into: $2.unsafelyUnwrapped) }
    }
    if capabilities.contains(.measured) {
        ops.metric = { row(of: head($0).pointee.metrics, $1, into: $2.unsafelyUnwrapped) }
        ops.measure = { box, x, values in
            let type = head(box).pointee.type as! any MeasuredObjective.Type
            return measure(type, box.unsafelyUnwrapped, x.unsafelyUnwrapped, values.unsafelyUnwrapped)
        }
    }
    if capabilities.contains(.stateful) {
        ops.save = { box, stream in
            let type = head(box).pointee.type as! any StatefulObjective.Type
            return save(type, box.unsafelyUnwrapped, stream.unsafelyUnwrapped)
        }
        ops.load = { box, stream in
            let type = head(box).pointee.type as! any StatefulObjective.Type
            return load(type, box.unsafelyUnwrapped, stream.unsafelyUnwrapped)
        }
    }
    return ops
}

// The rest is called rarely: run-time generics will do.

private func destroy<O: ObjectiveFunction>(_: O.Type, _ pointer: UnsafeMutableRawPointer) {
    let box = ObjectiveBox<O>.at(pointer)
    box.pointee.head.blocks.free()
    box.pointee.head.metrics.free()
    box.deinitialize(count: 1)
    box.deallocate()
}

private func describe<O: ObjectiveFunction>(
    _: O.Type, _ pointer: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<eos_objective_description>
) -> eos_status {
    let box = ObjectiveBox<O>.at(pointer)
    let objective = box.pointee.objective
    var description = eos_objective_description()
    description.dtype = O.Scalar.elementType
    description.dimension = Int64(box.pointee.head.dimension)
    description.space = UInt32(EOS_SPACE_HOST)
    if objective.isDeterministic { description.flags |= UInt32(EOS_OBJECTIVE_DETERMINISTIC) }
    if objective.isNonnegative || objective.valueLowerBound == 0 {
        description.flags |= UInt32(EOS_OBJECTIVE_NONNEGATIVE)
    }
    description.shard_count = Int64((objective as? any ShardedObjective)?.shardCount ?? 0)
    description.value_lower_bound = objective.valueLowerBound ?? .nan
    description.sharpness_lower_bound = objective.sharpnessLowerBound ?? .nan
    description.value_accuracy = objective.valueAccuracy
    fill(out, with: description)
    return eos_status(EOS_OK)
}

private func initialPoint<O: ObjectiveFunction>(
    _: O.Type, _ pointer: UnsafeMutableRawPointer, _ seed: UInt64, _ x: UnsafeMutableRawPointer
) -> eos_status {
    let box = ObjectiveBox<O>.at(pointer)
    return box.attempting { try box.pointee.objective.initialPoint(seed: seed, into: box.mutableVector(x)) }
}

private func row<Row>(of table: NamedTable<Row>, _ index: Int64, into out: UnsafeMutablePointer<Row>) -> eos_status {
    guard index >= 0, index < table.rows.count else { return eos_status(EOS_E_NOT_FOUND) }
    fill(out, with: table.rows[Int(index)])
    return eos_status(EOS_OK)
}

private func measure<O: MeasuredObjective>(
    _: O.Type, _ pointer: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ values: UnsafeMutablePointer<Double>
) -> eos_status {
    let box = ObjectiveBox<O>.at(pointer)
    let values = UnsafeMutableBufferPointer(start: values, count: box.pointee.head.metrics.rows.count)
    return box.attempting { try box.pointee.objective.measure(at: box.vector(x), into: values) }
}

private func save<O: StatefulObjective>(
    _: O.Type, _ pointer: UnsafeMutableRawPointer, _ stream: UnsafePointer<eos_writer>
) -> eos_status {
    let box = ObjectiveBox<O>.at(pointer)
    var writer = StateWriter(stream)
    return box.attempting { try box.pointee.objective.save(to: &writer) }
}

private func load<O: StatefulObjective>(
    _: O.Type, _ pointer: UnsafeMutableRawPointer, _ stream: UnsafePointer<eos_reader>
) -> eos_status {
    let box = ObjectiveBox<O>.at(pointer)
    var reader = StateReader(stream)
    return box.attempting {
        var copy = box.pointee.objective
        try copy.load(from: &reader)
        box.pointee.objective = copy
    }
}

/// Copies as much of a struct as the caller's own has, and leaves its `struct_size`.
func fill<Struct>(_ out: UnsafeMutablePointer<Struct>, with value: Struct) {
    let size = UnsafeRawPointer(out).load(as: UInt32.self)
    withUnsafeBytes(of: value) { bytes in
        let count = min(Int(size), bytes.count) - MemoryLayout<UInt32>.size
        guard count > 0 else { return }
        memcpy(UnsafeMutableRawPointer(out) + 4, bytes.baseAddress.unsafelyUnwrapped + 4, count)
    }
}
