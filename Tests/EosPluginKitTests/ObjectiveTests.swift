import CEos
import Testing

@Suite struct ObjectiveTests {
    let host = MockHost()

    func complete() throws -> MockObjective {
        try #require(host.objective(testPlugin, "test.complete", completeKeys).object)
    }

    @Test func aBareObjectiveLeavesTheRestNull() throws {
        let objective = try #require(host.objective(testPlugin, "test.bare").object)
        let ops = objective.ops
        #expect(ops.struct_size == MemoryLayout<eos_objective_ops>.size)
        #expect(ops.ray_begin == nil && ops.ray_value == nil && ops.ray_commit == nil)
        #expect(ops.linearize == nil && ops.curvature == nil && ops.sampled_curvature == nil)
        #expect(ops.evaluate_shards == nil)
        #expect(ops.block == nil && ops.metric == nil && ops.measure == nil && ops.save == nil && ops.load == nil)
        let description = objective.description
        #expect(description.dtype == EOS_F32)
        #expect(description.dimension == 2)
        #expect(description.flags == EOS_OBJECTIVE_DETERMINISTIC)
        #expect(description.value_lower_bound.isNaN && description.sharpness_lower_bound.isNaN)
        #expect(description.value_accuracy == Double(Float.ulpOfOne))
        #expect(description.shard_count == 0)
        var x: [Float] = [0, 0]
        #expect(ops.initial_point(objective.box, 5, &x) == EOS_OK)
        #expect(x == [5, 1])
        var gradient: [Float] = [0, 0]
        let answer = objective.evaluate(x, gradient: &gradient)
        #expect(answer.status == EOS_OK && answer.value == 26)
        #expect(gradient == [10, 2])
    }

    @Test func aGradientIsWrittenOnlyWhereItIsWanted() throws {
        let objective = try #require(host.objective(testPlugin, "test.bare").object)
        var gradient: [Float] = [-1, -1]
        #expect(objective.evaluate([3, 4], gradient: &gradient, want: EOS_WANT_VALUE).value == 25)
        #expect(gradient == [-1, -1])
    }

    @Test func aCompleteObjectiveFillsTheTable() throws {
        let ops = try complete().ops
        #expect(ops.ray_begin != nil && ops.ray_value != nil && ops.ray_commit != nil)
        #expect(ops.linearize != nil && ops.curvature != nil && ops.sampled_curvature != nil)
        #expect(ops.evaluate_shards != nil)
        #expect(ops.block != nil && ops.metric != nil && ops.measure != nil && ops.save != nil && ops.load != nil)
    }

    @Test func theDescriptionCarriesTheFacts() throws {
        let objective = try complete()
        let description = objective.description
        #expect(description.dtype == EOS_F64)
        #expect(description.flags == EOS_OBJECTIVE_NONNEGATIVE)
        #expect(description.value_lower_bound == 0)
        #expect(description.sharpness_lower_bound == 6)
        #expect(description.value_accuracy == 0)
        #expect(description.shard_count == 3)
        // A caller whose struct ends earlier keeps what lies behind it.
        var short = eos_objective_description()
        short.struct_size = UInt32(MemoryLayout<eos_objective_description>.offset(of: \.space)!)
        short.flags = 99
        #expect(objective.ops.describe(objective.box, &short) == EOS_OK)
        #expect(short.dimension == 3 && short.flags == 99)
        #expect(short.struct_size == MemoryLayout<eos_objective_description>.offset(of: \.space)!)
    }

    @Test func theInitialPointComesFromTheHostsNumbers() throws {
        let objective = try complete()
        var x = [0.0, 0, 0]
        #expect(objective.ops.initial_point(objective.box, 1, &x) == EOS_OK)
        #expect(x[0] == 2 * (Double(0x910a_2dec_8902_5cc1 as UInt64 >> 11) * 0x1p-53) - 1)
        #expect(x[1] != x[0])
    }

    @Test func contextsArrive() throws {
        let objective = try complete()
        var gradient = [0.0, 0, 0]
        #expect(objective.evaluate([1, 1, 1], gradient: &gradient, id: 17, sampleSeed: 23).value == 6)
        #expect(gradient == [2, 4, 6])
        var values = [0.0, 0]
        #expect(objective.ops.measure!(objective.box, [1.0, 1, 1], &values) == EOS_OK)
        #expect(values == [1, 23])
    }

    @Test func rays() throws {
        let objective = try complete()
        let x = [1.0, 2, 3]
        let d = [-1.0, 0, -1]
        #expect(objective.ops.ray_begin!(objective.box, x, d) == EOS_OK)
        var value = 0.0
        #expect(objective.ops.ray_value!(objective.box, 1, &value) == EOS_OK)
        #expect(value == 0 + 8 + 12)
        #expect(objective.ops.ray_value!(objective.box, -1, &value) == EOS_RECOVERABLE)
        #expect(objective.ops.ray_value!(objective.box, 1000, &value) == EOS_RECOVERABLE)
        #expect(objective.ops.ray_commit!(objective.box, 1, 9) == EOS_OK)
        #expect(host.failures.isEmpty)
    }

    @Test func curvature() throws {
        let objective = try complete()
        var product = [0.0, 0, 0]
        #expect(objective.ops.curvature!(objective.box, [1.0, 1, 1], &product) == EOS_E_UNSUPPORTED)
        #expect(host.failures.map(\.message) == ["a product before a linearize"])
        #expect(objective.ops.linearize!(objective.box, [0.0, 0, 0]) == EOS_OK)
        #expect(objective.ops.curvature!(objective.box, [1.0, 1, 1], &product) == EOS_OK)
        #expect(product == [2, 4, 6])
        #expect(objective.ops.sampled_curvature!(objective.box, 4, [1.0, 1, 1], &product) == EOS_OK)
        #expect(product == [0, 12, 0])
        #expect(objective.ops.sampled_curvature!(objective.box, 10, [1.0, 1, 1], &product) == EOS_E_UNSUPPORTED)
    }

    @Test func shards() throws {
        let objective = try complete()
        let x = [1.0, 1, 1]
        var gradient = [0.0, 0, 0]
        var evaluation = eos_evaluation()
        evaluation.struct_size = UInt32(MemoryLayout<eos_evaluation>.size)
        evaluation.want = UInt32(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
        x.withUnsafeBytes { x in
            gradient.withUnsafeMutableBytes { gradient in
                evaluation.x = x.baseAddress
                evaluation.gradient = gradient.baseAddress
                evaluation.shard_first = 1
                evaluation.shard_count = 2
                #expect(objective.ops.evaluate_shards!(objective.box, &evaluation) == EOS_OK)
                #expect(evaluation.value == 5 && evaluation.weight == 2)
                for (first, count) in [(2, 2), (-1, 1), (0, -1), (Int64.max, 1)] as [(Int64, Int64)] {
                    evaluation.shard_first = first
                    evaluation.shard_count = count
                    #expect(objective.ops.evaluate_shards!(objective.box, &evaluation) == EOS_E_INVALID)
                }
            }
        }
        #expect(gradient == [0, 4, 6])
        #expect(host.failures.first?.message == "shards from 2, 2 of them, do not exist")
    }

    @Test func blocksAndMetricsHaveNames() throws {
        let objective = try complete()
        var block = eos_block()
        block.struct_size = UInt32(MemoryLayout<eos_block>.size)
        #expect(objective.ops.block!(objective.box, 0, &block) == EOS_OK)
        #expect(String(cString: block.name) == "W" && block.rank == 2 && block.offset == 0)
        #expect(block.shape.0 == 2 && block.shape.1 == 1 && block.shape.2 == 0)
        #expect(objective.ops.block!(objective.box, 1, &block) == EOS_OK)
        #expect(String(cString: block.name) == "b" && block.offset == 2)
        #expect(objective.ops.block!(objective.box, 2, &block) == EOS_E_NOT_FOUND)
        var metric = eos_metric()
        metric.struct_size = UInt32(MemoryLayout<eos_metric>.size)
        #expect(objective.ops.metric!(objective.box, 0, &metric) == EOS_OK)
        #expect(String(cString: metric.name) == "calls" && metric.unit == nil)
        #expect(objective.ops.metric!(objective.box, 1, &metric) == EOS_OK)
        #expect(String(cString: metric.unit) == "1" && String(cString: metric.text) == "of the last sample")
        #expect(objective.ops.metric!(objective.box, -1, &metric) == EOS_E_NOT_FOUND)
    }

    @Test func errorsBecomeStatusesAndMessages() throws {
        let objective = try #require(host.objective(testPlugin, "test.failing").object)
        var gradient = [0.0]
        let statuses = (0...7).map { objective.evaluate([Double($0)], gradient: &gradient).status }
        #expect(
            statuses.map { Int($0) } == [
                EOS_OK, EOS_RECOVERABLE, EOS_RECOVERABLE, EOS_RECOVERABLE, EOS_E_FAILED, EOS_E_INVALID, EOS_E_FAILED,
                EOS_E_CANCELLED,
            ])
        #expect(
            host.failures.map(\.message) == [
                "line one line two", "x = 5 is no place", "a fault of the author's", "cancelled",
            ])
        var x = [0.0]
        #expect(objective.ops.initial_point(objective.box, 0, &x) == EOS_E_MEMORY)
        #expect(host.failures.last?.message == "no room for a point")
    }

    @Test func creationFailsWithAMessage() {
        #expect(host.objective(testPlugin, "test.failing", ["size": .integer(0)]).status == EOS_E_INVALID)
        var keys = completeKeys
        keys["names"] = .strings([])
        #expect(host.objective(testPlugin, "test.complete", keys).status == EOS_E_CONFIG)
        keys = completeKeys
        keys["cap"] = .number(3)
        #expect(host.objective(testPlugin, "test.complete", keys).status == EOS_E_INVALID)
        keys = completeKeys
        keys["size"] = nil
        #expect(host.objective(testPlugin, "test.complete", keys).status == EOS_E_CONFIG)
        keys["size"] = .bool(true)
        #expect(host.objective(testPlugin, "test.complete", keys).status == EOS_E_CONFIG)
        #expect(
            host.failures.map(\.message) == [
                "an objective of dimension 0 has no parameters; give at least 1", "names are other ones than expected",
                "cap is 3.0", "size has no value; set it, or give it a default",
                "size is read with another type than in its schema; use the type of the schema",
            ])
    }

    @Test func oneIdMayHaveTwoElementTypes() throws {
        let single = try #require(host.objective(testPlugin, "test.failing", ["dtype": .string("f32")]).object)
        #expect(single.description.dtype == EOS_F32)
        let double = try #require(host.objective(testPlugin, "test.failing", ["dtype": .string("f64")]).object)
        #expect(double.description.dtype == EOS_F64)
    }
}
