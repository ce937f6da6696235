import CEos
import Testing

@Suite struct QuadraticTests {
    @Test func theEigenvaluesAreSpacedGeometrically() throws {
        let objective = try BuiltObjective("quadratic", "size=3 condition=4")
        #expect(objective.evaluate([1, 1, 1]).gradient == [1, 0.5, 0.25])
        #expect(objective.value([1, 1, 1]) == 0.875)
        #expect(objective.value([0, 0, 0]) == 0)
        #expect(try objective.curvature([7, 7, 7], times: [1, 1, 1]) == [1, 0.5, 0.25])
        #expect(try BuiltObjective("quadratic", "size=1").evaluate([3]).gradient == [3])
        let flat = try BuiltObjective("quadratic", "condition=1")
        #expect(flat.count == 10 && flat.evaluate([Double](repeating: 2, count: 10)).value == 20)
    }

    @Test func theDescriptionIsExact() throws {
        let description = try BuiltObjective("quadratic").description
        #expect(description.dtype == EOS_F64 && description.dimension == 10)
        #expect(description.value_lower_bound == 0 && description.sharpness_lower_bound == 1)
        #expect(Int(description.flags) == EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE)
    }

    @Test func theStartIsUniform() throws {
        let objective = try BuiltObjective("quadratic", "size=1000")
        #expect(objective.initialPoint(seed: 4) == numbers(1000, seed: 4))
    }

    @Test(arguments: [1, 5, 32, 33, 1000]) func theRayAgreesWithEvaluations(size: Int) throws {
        let objective = try BuiltObjective("quadratic", "size=\(size)")
        let x = numbers(size, seed: 1)
        let d = numbers(size, seed: 2)
        let steps = [0, 1e-3, 0.5, 1, 2, 1e3]
        for (step, value) in zip(steps, try objective.ray(x, d, steps)) {
            let evaluated = objective.value(point(x, step, d))
            #expect(abs(value - evaluated) <= 1e-13 * max(evaluated, objective.value(x)))
        }
    }

    /// Close to the minimum the parabola's terms cancel: what is left must not be negative.
    @Test func theRayIsNeverNegative() throws {
        let objective = try BuiltObjective("quadratic", "size=7 condition=1")
        for seed in 1...50 as ClosedRange<UInt64> {
            let x = numbers(7, seed: seed)
            let scale = 0.1 + 0.07 * Double(seed)
            let value = try objective.ray(x, x.map { -scale * $0 }, [1 / scale])[0]
            #expect(value >= 0 && value < 1e-14)
        }
    }

    @Test func badKeysAreRefused() {
        #expect(Built.refusal("quadratic", "size=0").contains("size = 0 is out of range; it must be at least 1"))
        #expect(Built.refusal("quadratic", "size=2.5").contains("size = 2.5"))
        #expect(Built.refusal("quadratic", "condition=0.5").contains("condition = 0.5 is out of range"))
        #expect(Built.refusal("quadratic", "conditon=2").contains("did you mean condition?"))
        #expect(Built.refusal("quadratic", "data.file=a.csv").contains("unknown key data.file"))
        let large = Built.refusal("quadratic", "size=10000000000000")
        #expect(large.hasPrefix("quadratic: 10000000000000 elements of 8 bytes exceed the memory"))
    }
}
