import EosAnalysis
import EosCore
import Foundation
import Testing

/// The acceptance figures of "Path classification by stochastic linear recurrent neural networks" (arXiv 2108.03090)
/// that are statistics of trained networks, as means over three seeds of data and starting point. The figures are ours.
@Suite(.serialized) struct PathClassificationTests {
    private static let sigmas = [0.01, 0.03, 0.1, 0.3, 1]
    private static let trainings: Result<[[PathTraining]], any Error> = Result {
        try sigmas.map { sigma in try (1...3).map { try PathTraining(sigma: sigma, seed: $0) } }
    }

    private func means(_ quantity: (PathTraining) -> Double) throws -> [Double] {
        try Self.trainings.get().map { $0.reduce(0) { $0 + quantity($1) } / Double($0.count) }
    }

    @Test("the Lipschitz constant falls as sigma grows, the accuracy from .03 and the loss to attacks from .1 on")
    func tradeOff() throws {
        let lipschitz = try means { $0.metrics["lipschitz"]! }
        let accuracy = try means { $0.metrics["expected_accuracy"]! }
        let drop = try means { $0.metrics["expected_accuracy"]! - $0.metrics["adversarial_accuracy"]! }
        for i in 1..<5 { #expect(lipschitz[i] < 0.7 * lipschitz[i - 1], "\(lipschitz)") }
        for i in 2..<5 { #expect(accuracy[i] < accuracy[i - 1], "\(accuracy)") }
        for i in 3..<5 { #expect(drop[i] < drop[i - 1], "\(drop)") }
        // Trained at all: a straight guess is right half of the time.
        #expect(accuracy[1] > 0.88 && accuracy[3] > 0.82 && accuracy[4] > 0.65, "\(accuracy)")
        // Without noise a network of much noise is as good as any: what is lost is lost to noise.
        let noiseFree = try means { $0.metrics["noise_free_accuracy"]! }
        #expect(noiseFree[3] > 0.9 && noiseFree[4] > 0.87, "\(noiseFree)")
    }

    /// One length of training does not show both: networks of .03 need long to win where there is little noise, and
    /// have become robust by then.
    @Test("networks trained at .03 beat those trained at .3 with little noise and lose to them at .3")
    func crossNoise() throws {
        let long = try Self.trainings.get()
        func mean(_ trainings: [PathTraining], _ sigma: Double) -> Double {
            trainings.reduce(0) { $0 + $1.accuracy(sigma: sigma) } / Double(trainings.count)
        }
        let gain = mean(long[1], 0.01) - mean(long[3], 0.01)
        #expect((0.001...0.02).contains(gain), "wins by \(gain) after long training")
        #expect(mean(long[3], 0.3) > mean(long[1], 0.3) + 0.01)
        let short = try [0.03, 0.3].map { sigma in
            try (1...3).map { try PathTraining(sigma: sigma, seed: $0, isShort: true) }
        }
        let loss = mean(short[1], 0.3) - mean(short[0], 0.3)
        #expect((0.09...0.17).contains(loss), "loses by \(loss) after short training")
    }

    @Test("the objective's metrics are those of the analysis")
    func consistency() throws {
        for training in try Self.trainings.get().joined() {
            #expect(training.loss < training.initialLoss)
            let readOuts = PathReadOuts.euler(training.network, training.testing)
            #expect(abs(readOuts.accuracy() - training.metrics["expected_accuracy"]!) < 1e-10)
            #expect(abs(readOuts.accuracy(.init(attack: 0.3)) - training.metrics["adversarial_accuracy"]!) < 1e-10)
            // The closed form of the differential equation, for 50 steps.
            let exact = PathReadOuts.exact(training.network, training.testing)
            #expect(abs(exact.accuracy() - readOuts.accuracy()) < 0.1)
        }
    }

    /// Of the closed form, within five standard errors at most.
    @Test("2e5 simulated paths have the expected accuracy of the trained networks", arguments: [0, 2, 4])
    func simulation(index: Int) throws {
        let training = try Self.trainings.get()[index][0]
        let expected = training.metrics["expected_accuracy"]!
        let simulated = PathSimulation(training.network, seed: 11).accuracy(training.testing, draws: 200_000)
        #expect(abs(simulated - expected) < 5 * (expected * (1 - expected) / 200_000).squareRoot())
    }

    /// The bar is 20 s of wall time on two processors; what is asserted is processor time, of one thread.
    @Test("7494 pen-digit paths train 100 iterations", .enabled(if: hasData, needsData))
    func penDigits() throws {
        let (objective, _) = try PathTraining.objective(
            "units=20 sigma=0.1 data.file=pendigits/pendigits.tra data.test_file=pendigits/pendigits.tes "
                + "data.format=csv data.channels=2 data.standardize=per-channel")
        var settings = Configuration()
        try settings.set(assignments: "seed=1 stop.iterations=100")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind("nls")!.make(),
            settings: try TrainerSettings(settings))
        let start = clock()
        try trainer.run(objective)
        #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 20)
        #expect(trainer.progress.iteration == 100)
        let metrics = try objective.measure(trainer.current.x)
        // Far above the tenth of a guess: how far is another processor's roundings' business after 100 large steps.
        #expect(metrics[1] > 0.3, "noise-free accuracy \(metrics[1]) of 10 classes")
    }
}
