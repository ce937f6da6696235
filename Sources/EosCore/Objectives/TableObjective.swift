import CEos
import CEosGuard

/// An objective behind a C table, as `eos/objective.h` defines it: one of a plugin, or one that a program made.
///
/// Calls go straight through the table's function pointers.
public final class TableObjective: Objective {
    public let description: eos_objective_description
    public var id: String?
    public let space: HostSpace
    public let metrics: [ObjectiveMetric]
    public let blocks: [ObjectiveBlock]
    public let failures: FailureNote?

    /// The table as it was read, for those who look at what a plugin does: the calls go round this object.
    public let ops: eos_objective_ops
    /// What its functions are called with; lent until the objective goes.
    public let instance: UnsafeMutableRawPointer?
    private let owned: TableInstance
    private let calls: CallGuard
    private var hasEvaluated = false
    private var linearizedAt: Int64 = -1
    private var ray: Int64 = -1

    /// Takes over `instance`, which is destroyed through the table when the objective goes, or here on a failure.
    ///
    /// - Parameters:
    ///   - ops: read now, as far as its `struct_size` covers it; its functions stay callable.
    ///   - failures: where the instance leaves the sentence about a failure.
    ///   - owner: kept alive for as long as the objective, such as the host that the instance was made with.
    ///   - threads: work on long vectors of its space.
    ///   - calls: stands around every call.
    /// - Throws: `EOS_E_PLUGIN` for a table without its required functions or a description that contradicts itself.
    public init(
        ops table: UnsafePointer<eos_objective_ops>, instance: UnsafeMutableRawPointer?, failures: FailureNote? = nil,
        owner: AnyObject? = nil, threads: ThreadPool? = nil, calls: CallGuard = .none
    ) throws(EosError) {
        let ops = readTable(table, declaring: table.pointee.struct_size, as: eos_objective_ops())
        owned = TableInstance(instance, ops.destroy, owner: owner, calls)
        (description, blocks, metrics) = try calls.calling(CALL_DESCRIBE) { () throws(EosError) in
            let description = try Self.describe(ops, instance, failures)
            let blocks = try Self.blocks(ops, instance, dimension: Int(description.dimension))
            return (description, blocks, try Self.metrics(ops, instance))
        }
        space = HostSpace(
            ElementType(rawValue: description.dtype)!, count: Int(description.dimension), threads: threads)
        self.ops = ops
        self.instance = instance
        self.failures = failures
        self.calls = calls
    }

    public var hasCurvature: Bool { ops.linearize != nil && ops.curvature != nil }
    public var hasSampledCurvature: Bool { hasCurvature && ops.sampled_curvature != nil }
    public var hasRay: Bool { ops.ray_begin != nil && ops.ray_value != nil && ops.ray_commit != nil }

    public func initialPoint(seed: UInt64, into x: UnsafeMutableRawPointer) throws(EosError) {
        try check(calls.calling(CALL_INITIAL_POINT) { ops.initial_point(instance, seed, x) }, in: "initial_point")
    }

    public func evaluate(
        at x: UnsafeRawPointer, want: UInt32, gradient: UnsafeMutableRawPointer?, evaluation: Int64,
        value: inout Double
    ) -> eos_status {
        var call = sized(eos_evaluation())
        call.want = want
        call.x = x
        call.gradient = gradient
        call.value = .nan
        call.evaluation = evaluation
        let status: eos_status
        if hasEvaluated {
            status = calls.evaluating(CALL_EVALUATE) { ops.evaluate(instance, &call) }
        } else {
            // Libraries that set themselves up when they are first used do it now.
            hasEvaluated = true
            status = calls.calling(CALL_EVALUATE) { ops.evaluate(instance, &call) }
        }
        value = call.value
        return status
    }

    public func rayValue(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double,
        value: inout Double
    ) -> eos_status {
        let status = beginRay(from: base, along: direction, search: search)
        guard status == EOS_OK else { return status }
        return calls.evaluating(CALL_RAY) { ops.ray_value(instance, step, &value) }
    }

    public func commitRay(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double, evaluation: Int64
    ) -> eos_status {
        let status = beginRay(from: base, along: direction, search: search)
        guard status == EOS_OK else { return status }
        ray = -1
        return calls.evaluating(CALL_RAY) { ops.ray_commit(instance, step, evaluation) }
    }

    private func beginRay(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64
    ) -> eos_status {
        if ray == search { return eos_status(EOS_OK) }
        ray = -1
        let status = calls.evaluating(CALL_RAY) { ops.ray_begin(instance, base, direction) }
        if status == EOS_OK { ray = search }
        return status
    }

    public func curvature(
        at x: UnsafeRawPointer, evaluation: Int64, part: Int?, times v: UnsafeRawPointer,
        into out: UnsafeMutableRawPointer
    ) -> eos_status {
        if linearizedAt != evaluation {
            linearizedAt = -1
            let status = calls.evaluating(CALL_CURVATURE) { ops.linearize(instance, x) }
            guard status == EOS_OK else { return status }
            linearizedAt = evaluation
        }
        return calls.evaluating(CALL_CURVATURE) {
            guard let part else { return ops.curvature(instance, v, out) }
            return ops.sampled_curvature(instance, Int64(part), v, out)
        }
    }

    public func measure(_ x: UnsafeRawPointer) throws(EosError) -> [Double] {
        guard let measure = ops.measure, !metrics.isEmpty else { return [] }
        var values = [Double](repeating: .nan, count: metrics.count)
        try check(calls.calling(CALL_MEASURE) { measure(instance, x, &values) }, in: "measure")
        return values
    }

    /// Metric number `index` as the table tells it; its texts are the instance's own.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` past the last.
    public func metricRow(_ index: Int) throws(EosError) -> eos_metric {
        var row = sized(eos_metric())
        guard metrics.indices.contains(index), let metric = ops.metric, metric(instance, Int64(index), &row) == EOS_OK
        else {
            throw EosError(
                EOS_E_NOT_FOUND,
                "metric \(index) does not exist; this objective has \(metrics.count) metrics, from 0 on")
        }
        return row
    }

    public func save() throws(EosError) -> [UInt8]? {
        guard let save = ops.save else { return nil }
        return try collectBytes { writer throws(EosError) in
            try check(calls.calling(CALL_SAVE) { save(instance, writer) }, in: "save")
        }
    }

    public func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        guard let load = ops.load else { return }
        try provideBytes(state) { reader throws(EosError) in
            try check(calls.calling(CALL_LOAD) { load(instance, reader) }, in: "load")
        }
        ray = -1
        linearizedAt = -1
    }
}

extension TableObjective {
    private static func describe(
        _ ops: eos_objective_ops, _ instance: UnsafeMutableRawPointer?, _ failures: FailureNote?
    ) throws(EosError) -> eos_objective_description {
        guard let describe = ops.describe, ops.initial_point != nil, ops.evaluate != nil else {
            throw EosError(
                EOS_E_PLUGIN, "the objective's table lacks describe, initial_point or evaluate; set all three")
        }
        let (status, description) = eos_objective_description.told(by: describe, of: instance)
        guard status == EOS_OK else {
            throw EosError.failed(status, in: "describe", of: "the objective", note: failures)
        }
        try description.check(EOS_E_PLUGIN)
        return description.completed()
    }

    private static func blocks(
        _ ops: eos_objective_ops, _ instance: UnsafeMutableRawPointer?, dimension: Int
    ) throws(EosError) -> [ObjectiveBlock] {
        guard let block = ops.block else { return [] }
        var blocks: [ObjectiveBlock] = []
        while true {
            try requireAnEnd(of: "blocks", blocks.count)
            var row = sized(eos_block())
            guard block(instance, Int64(blocks.count), &row) == EOS_OK, row.name != nil else { return blocks }
            let name = try Self.name(row.name, "block \(blocks.count)")
            guard (1...4).contains(row.rank) else {
                throw EosError(EOS_E_PLUGIN, "block \(blocks.count) has rank \(row.rank); it must be 1 to 4")
            }
            let sizes = [row.shape.0, row.shape.1, row.shape.2, row.shape.3].prefix(Int(row.rank)).map { Int($0) }
            guard row.offset >= 0, sizes.allSatisfy({ (0...dimension).contains($0) }),
                product(sizes, atMost: dimension - Int(row.offset))
            else {
                throw EosError(
                    EOS_E_PLUGIN,
                    "block \(name) at \(row.offset) of shape \(sizes) exceeds the \(dimension) parameters; correct "
                        + "its offset or shape"
                )
            }
            blocks.append(ObjectiveBlock(name: name, offset: Int(row.offset), shape: sizes))
        }
    }

    /// A list ends by EOS_E_NOT_FOUND; one that does not would take all memory.
    private static func requireAnEnd(of list: String, _ count: Int) throws(EosError) {
        guard count < 100_000 else {
            throw EosError(
                EOS_E_PLUGIN,
                "the objective has more than \(count) \(list); return EOS_E_NOT_FOUND past the last one")
        }
    }

    /// Whether the product of `sizes` is at most `limit`, without overflow on the way.
    private static func product(_ sizes: [Int], atMost limit: Int) -> Bool {
        var elements = 1
        for size in sizes {
            let (next, overflow) = elements.multipliedReportingOverflow(by: size)
            if overflow { return false }
            elements = next
        }
        return elements <= limit
    }

    /// A name stands for what it names, in files too: none is altered.
    private static func name(_ name: UnsafePointer<CChar>, _ owner: String) throws(EosError) -> String {
        guard let text = String(validatingCString: name) else {
            throw EosError(EOS_E_PLUGIN, "the name of \(owner) is not UTF-8: \"\(readableText(name))\"")
        }
        return text
    }

    private static func metrics(
        _ ops: eos_objective_ops, _ instance: UnsafeMutableRawPointer?
    ) throws(EosError) -> [ObjectiveMetric] {
        guard let metric = ops.metric, ops.measure != nil else { return [] }
        var metrics: [ObjectiveMetric] = []
        while true {
            try requireAnEnd(of: "metrics", metrics.count)
            var row = sized(eos_metric())
            guard metric(instance, Int64(metrics.count), &row) == EOS_OK, row.name != nil else { return metrics }
            metrics.append(
                ObjectiveMetric(
                    name: try Self.name(row.name, "metric \(metrics.count)"), unit: row.unit.map { readableText($0) },
                    text: row.text.map { readableText($0) } ?? ""))
        }
    }
}
