import EosCore
import Testing

/// The bound 2/K on the sharpness ("Flatland", arXiv 2606.06722) for other numbers of classes and samples.
struct FlatlandBoundTests {
    struct Size: Sendable, CustomTestStringConvertible {
        let classes: Int
        let samples: Int
        var testDescription: String { "K = \(classes), N = \(samples)" }

        func problem(_ activation: String) -> Problem {
            Problem(
                keys: "layers=[6,9,8,\(classes)] activation=\(activation) data.generator=clusters data.dimension=6 "
                    + "data.classes=\(classes) data.train=\(samples) data.test=50")
        }
    }

    // Balanced and not: sample i is of class i mod K.
    static let sizes = [
        Size(classes: 2, samples: 40), Size(classes: 3, samples: 60), Size(classes: 3, samples: 61),
        Size(classes: 7, samples: 50), Size(classes: 12, samples: 120),
    ]

    @Test("zero weights and a last bias of class means: K eigenvalues 2/K, the rest 0", arguments: sizes)
    func flatPoint(_ size: Size) throws {
        let objective = try size.problem("tanh").objective()
        #expect(abs(objective.description.sharpness_lower_bound - 2 / Double(size.classes)) < 1e-15)
        let x = try objective.space.makeVector()
        let numbers = x.pointer.assumingMemoryBound(to: Double.self)
        let count = objective.space.count
        let shares = (0..<size.classes).map { label in
            Double((size.samples - label + size.classes - 1) / size.classes) / Double(size.samples)
        }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        for index in 0..<count {
            let label = index - (count - size.classes)
            numbers[index] = label < 0 ? 0 : shares[label]
        }
        // The variance of each one-hot target, averaged over the K outputs.
        let loss = shares.map { $0 * (1 - $0) }.reduce(0, +) / Double(size.classes)
        #expect(abs(try objective.evaluate(at: x.pointer) - loss) < 1e-14)
        let process = try ObjectiveCurvature(objective, at: x.pointer).leading(
            .init(count: size.classes + 2, tolerance: 1e-8, maxProducts: 1000))
        for (index, pair) in process.pairs.enumerated() {
            let expected = index < size.classes ? 2 / Double(size.classes) : 0
            #expect(abs(pair.value - expected) < 1e-12, "eigenvalue \(index): \(pair.value)")
        }
    }

    @Test("the sharpness is nowhere below 2/K", arguments: sizes, ["relu", "tanh"])
    func nowhereBelow(_ size: Size, _ activation: String) throws {
        let objective = try size.problem(activation).objective()
        let x = try objective.space.makeVector()
        let numbers = x.pointer.assumingMemoryBound(to: Double.self)
        for (seed, scale) in [(1, 0.05), (2, 0.5), (3, 3)] as [(UInt64, Double)] {
            for index in 0..<objective.space.count {
                numbers[index] = scale * (2 * Random(seed: seed).uniform(UInt64(index)) - 1)
            }
            let process = try ObjectiveCurvature(objective, at: x.pointer).leading(
                .init(tolerance: 1e-8, maxProducts: 500))
            #expect(process.pairs[0].value >= 2 / Double(size.classes) - 1e-6)
        }
    }

    @Test("a step of NLS-ub is below K, and NLS takes longer ones", arguments: [3, 5])
    func cap(classes: Int) throws {
        let problem = Problem(
            keys: "layers=[6,9,8,\(classes)] activation=relu data.generator=clusters data.dimension=6 "
                + "data.classes=\(classes) data.train=\(20 * classes) data.test=50 init_scale=2")
        let capped = try Trajectory(problem, "nls-ub", seed: 1, iterations: 400)
        #expect(capped.steps.max()! < Double(classes))
        // The largest power of two below K is reached, since the first step is 1.
        #expect(capped.steps.max()! >= Double(classes) / 2)
        let free = try Trajectory(problem, "nls", seed: 1, iterations: 400)
        #expect(free.steps.max()! >= Double(classes))
    }
}
