import EosCore
import Foundation
import Testing

/// The acceptance figures of "Flatland" (arXiv 2606.06722) that hold at every single step or point.
struct FlatlandStepTests {
    @Test("initial losses and sharpness of the portable problems")
    func initialFigures() throws {
        try expect(.b, loss: 0.132533, sharpness: 0.71804)
        try expect(.g(scale: 2.5), loss: 4.39162, sharpness: 15.873)
    }

    @Test("initial loss and sharpness on the digits", .enabled(if: hasData, needsData))
    func initialFiguresOnDigits() throws { try expect(.c, loss: 0.108931, sharpness: 1.2831) }

    private func expect(_ problem: Problem, loss: Double, sharpness: Double) throws {
        let objective = try problem.objective()
        let x = try objective.space.makeVector()
        try objective.initialPoint(seed: 1, into: x.pointer)
        let value = try objective.evaluate(at: x.pointer)
        let process = try ObjectiveCurvature(objective, at: x.pointer).leading(.init(tolerance: 1e-7, maxProducts: 500))
        // The figures have six and five digits.
        #expect(abs(value / loss - 1) < 5e-6, "loss \(value)")
        #expect(abs(process.pairs[0].value / sharpness - 1) < 5e-5, "sharpness \(process.pairs[0].value)")
    }

    /// Every accepted step passes the test that the paper states, its double fails it, and it is certified as large:
    /// the segment smoothness l over the rejected step satisfies eta l/(2 delta (1 - c)) >= 1.
    @Test("every uncapped NLS step is bracketed and certified as large", arguments: [1, 2, 3])
    func certificate(seed: Int) throws {
        let (c, delta) = (1e-4, 0.5)
        let objective = try Problem.b.objective()
        var settings = Configuration()
        try settings.set(assignments: "seed=\(seed) stop.iterations=150")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind("nls")!.make(),
            settings: try TrainerSettings(settings))
        let probe = try Problem.b.objective()
        let space = objective.space
        let (x, g) = (try space.makeVector(), try space.makeVector())
        let (point, gradient) = (try space.makeVector(), try space.makeVector())
        try objective.initialPoint(seed: UInt64(seed), into: x.pointer)
        var (weight, mean) = (0.0, 0.0)
        var steps = 0
        while try trainer.step(objective) {
            let value = try probe.evaluate(at: x.pointer, gradient: g.pointer)
            let norm2 = space.norm2(g.pointer)
            mean = (weight * mean + value) / (weight + 1)
            weight += 1
            let reference = max(mean, value)
            let step = trainer.progress.step
            func accepted(_ t: Double) throws -> Bool {
                space.move(x.pointer, by: -t, along: g.pointer, into: point.pointer)
                let value = try probe.evaluate(at: point.pointer)
                return value.isFinite && value <= reference - c * t * norm2
            }
            #expect(try accepted(step), "iteration \(steps): the step \(step) is not acceptable")
            #expect(try !accepted(step / delta), "iteration \(steps): a longer step than \(step) is acceptable")
            var smoothness = 0.0
            for k in 1...64 {
                let t = step / delta * Double(k) / 64
                space.move(x.pointer, by: -t, along: g.pointer, into: point.pointer)
                _ = try probe.evaluate(at: point.pointer, gradient: gradient.pointer)
                space.move(gradient.pointer, by: -1, along: g.pointer, into: gradient.pointer)
                smoothness = max(smoothness, (space.norm2(gradient.pointer) / norm2).squareRoot() / t)
            }
            #expect(step * smoothness / (2 * delta * (1 - c)) >= 0.999)
            x.copy(from: trainer.current.x)
            steps += 1
        }
        #expect(steps == 149)
    }

    @Test("the sharpness is nowhere below 2/K", arguments: [0.1, 1, 5])
    func lowerBound(scale: Double) throws {
        let objective = try Problem.b.objective()
        let x = try objective.space.makeVector()
        let numbers = x.pointer.assumingMemoryBound(to: Double.self)
        for seed in 1...4 as ClosedRange<UInt64> {
            for i in 0..<objective.space.count {
                numbers[i] = scale * (2 * Random(seed: seed).uniform(UInt64(i)) - 1)
            }
            let process = try ObjectiveCurvature(objective, at: x.pointer).leading(
                .init(tolerance: 1e-8, maxProducts: 500))
            #expect(process.pairs[0].value >= 2 / Problem.outputs - 1e-6)
        }
    }

    /// Zero weights and a last bias of class means: a point of Flatland where everything is known in closed form.
    @Test("Flatland itself: K eigenvalues 2/K, the rest 0, loss (1/K)(1 - 1/K)")
    func flatland() throws {
        let objective = try Problem.b.objective()
        let count = objective.space.count
        let x = try objective.space.makeVector()
        let numbers = x.pointer.assumingMemoryBound(to: Double.self)
        for i in 0..<count { numbers[i] = i < count - 10 ? 0 : 0.1 }
        #expect(abs(try objective.evaluate(at: x.pointer) - 0.09) < 1e-15)
        let process = try ObjectiveCurvature(objective, at: x.pointer).leading(
            .init(count: 12, tolerance: 1e-8, maxProducts: 1000))
        for (k, pair) in process.pairs.enumerated() {
            #expect(abs(pair.value - (k < 10 ? 0.2 : 0)) < 1e-12, "eigenvalue \(k): \(pair.value)")
        }
    }
}
