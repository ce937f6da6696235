import Testing

@Suite struct RosenbrockTests {
    @Test func closedForms() throws {
        let objective = try BuiltObjective("rosenbrock")
        let start = objective.initialPoint()
        #expect(start == [-1.2, 1])
        let answer = objective.evaluate(start)
        #expect(abs(answer.value - 24.2) < 1e-13)
        #expect(distance(answer.gradient, [-215.6, -88]) < 1e-15)
        #expect(distance(try objective.curvature(start, times: [1, 0]), [1330, 480]) < 1e-15)
        #expect(try objective.curvature(start, times: [0, 1]) == [480, 200])
    }

    @Test func theMinimumIsAtOne() throws {
        let objective = try BuiltObjective("rosenbrock", "size=5")
        let answer = objective.evaluate([1, 1, 1, 1, 1])
        #expect(answer.value == 0 && answer.gradient == [0, 0, 0, 0, 0])
        #expect(objective.initialPoint(seed: 9) == [-1.2, 1, -1.2, 1, -1.2])
        #expect(objective.ops.ray_begin == nil && objective.ops.measure == nil && objective.ops.save == nil)
        #expect(objective.description.value_lower_bound == 0 && objective.description.sharpness_lower_bound.isNaN)
    }

    @Test func badKeysAreRefused() {
        #expect(Built.refusal("rosenbrock", "size=1").contains("size = 1 is out of range; it must be at least 2"))
        #expect(Built.refusal("rosenbrock", "condition=3").contains("unknown key condition"))
    }
}
