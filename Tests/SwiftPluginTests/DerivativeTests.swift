import Testing

/// Gradients and Hessian-vector products against central differences.
@Suite struct DerivativeTests {
    static let problems = [
        ("quadratic", ""), ("quadratic", "size=1"), ("quadratic", "size=101 condition=1e4"),
        ("rosenbrock", ""), ("rosenbrock", "size=37"),
        ("logistic", ""), ("logistic", "samples=57 dimension=71 margin=0"), ("logistic", "dimension=1 samples=3"),
        ("logistic", "data.generator=clusters data.classes=2 data.train=60 data.test=20 data.dimension=33"),
    ]

    @Test(arguments: problems) func gradientsAgree(name: String, keys: String) throws {
        let objective = try BuiltObjective(name, keys)
        for seed in 1...5 as ClosedRange<UInt64> {
            let x = numbers(objective.count, seed: seed)
            let gradient = objective.evaluate(x).gradient
            let step = 1e-5
            let differences = x.indices.map { i in
                var (left, right) = (x, x)
                left[i] -= step
                right[i] += step
                return (objective.value(right) - objective.value(left)) / (right[i] - left[i])
            }
            #expect(distance(differences, gradient) < 1e-7)
        }
    }

    @Test(arguments: problems) func productsAgree(name: String, keys: String) throws {
        let objective = try BuiltObjective(name, keys)
        for seed in 1...5 as ClosedRange<UInt64> {
            let x = numbers(objective.count, seed: seed)
            let v = numbers(objective.count, seed: seed + 100)
            let product = try objective.curvature(x, times: v)
            let step = 1e-5
            let right = objective.evaluate(point(x, step, v)).gradient
            let left = objective.evaluate(point(x, -step, v)).gradient
            #expect(distance(zip(right, left).map { ($0 - $1) / (2 * step) }, product) < 1e-7)
        }
    }

    @Test(arguments: problems) func theValueIsTheSameWithAndWithoutItsGradient(name: String, keys: String) throws {
        let objective = try BuiltObjective(name, keys)
        for seed in 1...5 as ClosedRange<UInt64> {
            let x = numbers(objective.count, seed: seed)
            #expect(objective.evaluate(x).value.bitPattern == objective.value(x).bitPattern)
        }
    }
}
