import Testing

/// The acceptance figures of "Flatland" (arXiv 2606.06722) that are statistics of long runs, in f64.
@Suite(.serialized) struct FlatlandStatisticsTests {
    /// The measured shares lie well inside these bounds; trajectories are chaotic, so nothing sharper is asked.
    struct Bounds: Sendable {
        let policy: String
        let aboveTwo: ClosedRange<Double>
        let rising: ClosedRange<Double>
        let trials: ClosedRange<Double>
    }

    @Test(
        "step*sharpness, rising losses and trials on the digits",
        .enabled(if: hasData, needsData),
        arguments: [
            Bounds(policy: "nls", aboveTwo: 0.70...1, rising: 0.2...0.8, trials: 2...2.7),
            Bounds(policy: "ponls", aboveTwo: 0.55...1, rising: 0...1, trials: 2.3...4),
            Bounds(policy: "nls-ub", aboveTwo: 0.70...1, rising: 0...1, trials: 1...2),
            Bounds(policy: "ls", aboveTwo: 0...0.55, rising: 0...0, trials: 1...4),
        ], [1, 2, 3])
    func shares(_ bounds: Bounds, _ seed: Int) throws {
        let run = try Trajectory(.c, bounds.policy, seed: seed, iterations: 2000, every: 20)
        #expect(bounds.aboveTwo.contains(run.share(above: 2)), "share above 2: \(run.share(above: 2))")
        #expect(bounds.rising.contains(run.risingShare), "rising: \(run.risingShare)")
        #expect(bounds.trials.contains(run.trialsPerIteration), "trials: \(run.trialsPerIteration)")
        if bounds.policy == "nls" || bounds.policy == "ponls" {
            #expect(run.share(above: 1) >= 0.99, "share above 1: \(run.share(above: 1))")
        }
    }

    @Test("the sharpness after 1000 iterations on the digits", .enabled(if: hasData, needsData), arguments: [1, 2, 3])
    func sharpnessAtTheEnd(seed: Int) throws {
        for policy in ["nls", "ponls", "nls-ub"] {
            let run = try Trajectory(.c, policy, seed: seed, iterations: 1000)
            let scaled = run.finalSharpness * Problem.outputs / 2
            #expect(scaled <= 2.2, "\(policy): lambda K/2 = \(scaled)")
            #expect(scaled >= 1 - 1e-5, "\(policy): lambda K/2 = \(scaled)")
        }
        let monotone = try Trajectory(.c, "ls", seed: seed, iterations: 1000)
        #expect(monotone.finalSharpness * Problem.outputs / 2 >= 8)
    }

    @Test("NLS on scaled initial weights ends in Flatland, NLS-ub does not")
    func rescue() throws {
        var stuck = 0
        var rescued = 0
        var gains: [Double] = []
        for seed in 1...5 {
            let problem = Problem.g(scale: 2.5)
            let plain = try Trajectory(problem, "nls", seed: seed, iterations: 1500)
            if plain.finalSharpness * Problem.outputs / 2 <= 1.06, plain.metrics["train_accuracy"]! < 0.2 { stuck += 1 }
            let capped = try Trajectory(problem, "nls-ub", seed: seed, iterations: 1500)
            if capped.metrics["train_accuracy"]! > 0.8 { rescued += 1 }
            // The last losses oscillate.
            let (before, after) = (plain.losses.suffix(150).sorted(), capped.losses.suffix(150).sorted())
            // Who arrives in Flatland too early stays at (1/K)(1 - 1/K), up to what a fifth of the samples can gain.
            let floor = (1 - 1 / Problem.outputs) / Problem.outputs
            #expect(before[75] > 0.8 * floor, "seed \(seed): NLS ends at a loss of \(before[75])")
            gains.append(before[75] / after[75])
        }
        #expect(gains.sorted()[2] > 3, "losses of NLS over those of NLS-ub: \(gains)")
        #expect(stuck >= 4, "\(stuck) of 5 NLS runs ended in Flatland")
        #expect(rescued >= 4, "\(rescued) of 5 NLS-ub runs were successful")
    }

    @Test("in f32 searches do not stall on rounding", .enabled(if: hasData, needsData))
    func singlePrecision() throws {
        func median(_ dtype: String) throws -> Int {
            let counts = try (1...5).map { seed in
                try Trajectory(.c, "nls-ub", seed: seed, iterations: 3000, dtype: dtype).iterations(toLoss: 1e-3)
                    ?? 3001
            }
            return counts.sorted()[2]
        }
        let (single, double) = (try median("f32"), try median("f64"))
        #expect(double <= 3000)
        #expect(Double(single) <= 1.5 * Double(double), "iterations to loss 1e-3: f32 \(single), f64 \(double)")
    }
}
