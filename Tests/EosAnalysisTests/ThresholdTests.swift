import CEos
import EosAnalysis
import EosCore
import Glibc
import Testing

/// The analyses of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469), against recursions
/// of the tests' own.
@Suite struct ThresholdTests {
    /// Values by 40-digit arithmetic.
    @Test(arguments: [
        (-2.9, 0.00054167384866214376, 3.4445327294133316), (-6, 1.5635697959709664e-10, 6.3098407732098316),
        (-20, 1.3700124947295799e-90, 20.099262811101282), (-35, 3.2088044826024768e-270, 35.057003708747498),
    ])
    func theRectifiedMeanKeepsItsDigits(bias: Double, mean: Double, ratio: Double) {
        let normal = Gaussian(at: bias)
        #expect(abs(normal.rectifiedMean / mean - 1) < 1e-14 + bias * bias * 2e-16)
        #expect(abs(normal.distribution / normal.rectifiedMean / ratio - 1) < 1e-13)
    }

    @Test func theRectifiedMeanIsSmoothAndRises() {
        var last = Gaussian(at: -37.5)
        for b in stride(from: -37.0, through: 5, by: 0.25) {
            let next = Gaussian(at: b)
            #expect(next.rectifiedMean > last.rectifiedMean)
            // g' = Phi: a Simpson step of it, whose error is b^4 / 700,000 of it far out.
            if b > -4 {
                let middle = Gaussian(at: b - 0.125)
                let step = (last.distribution + 4 * middle.distribution + next.distribution) * 0.25 / 6
                #expect(abs(next.rectifiedMean - last.rectifiedMean - step) < 1e-3 * step)
            }
            last = next
        }
    }

    /// Runs the recursion until A has died out.
    private func descend(d: Int, step: Double, amplitude: Double, bias: Double) -> Double {
        var (a, b) = (amplitude, bias)
        for _ in 0..<3_000_000 where abs(a) > 1e-14 {
            let normal = Gaussian(at: b)
            let slope = tanh(a * normal.rectifiedMean / 2) / 2
            (a, b) = (
                a - 2 * Double(d * d) * step * slope * normal.rectifiedMean, b - step * slope * a * normal.distribution
            )
        }
        return b
    }

    @Test func theThresholdOfTheMeanModel() {
        #expect(abs(MeanModelThreshold(dimension: 200).step - 6.283185307179586e-4) < 1e-18)
        for d in [10, 200, 3000] {
            let threshold = MeanModelThreshold(dimension: d)
            #expect(abs(threshold.step * threshold.sharpness(bias: 0) - 2) < 1e-14)
            #expect(abs(threshold.edge(step: threshold.step)) < 1e-14)
        }
    }

    @Test(arguments: [50, 200, 500], [1.05, 1.1, 1.5, 2.0, 3])
    func theLearnedBiasIsThePredictedOne(d: Int, ratio: Double) throws {
        let threshold = MeanModelThreshold(dimension: d)
        let step = ratio * threshold.step
        let learned = descend(d: d, step: step, amplitude: 1, bias: 0)
        let predicted = try #require(threshold.bias(step: step))
        #expect(abs(learned - predicted) < 0.3 / Double(d * d) * 50, "\(learned), predicted \(predicted)")
        #expect(learned < threshold.edge(step: step))
        let gap = 2 - step * threshold.sharpness(bias: learned)
        #expect(abs(gap / threshold.gap(step: step, bias: learned) - 1) < (ratio < 1.1 ? 400 : 200) / Double(d * d))
        let sum = step * threshold.sharpness(bias: predicted) + threshold.gap(step: step, bias: predicted)
        #expect(abs(sum - 2) < 1e-10)
    }

    @Test func whereTheMinimumIsStableTheBiasStays() throws {
        let threshold = MeanModelThreshold(dimension: 200)
        #expect(threshold.bias(step: 0.9 * threshold.step) == 0)
        #expect(threshold.bias(step: 2 * threshold.step, from: -1) == -1)
        let driven = try #require(threshold.bias(step: 0.9 * threshold.step, from: 0.5))
        #expect(driven < 0.5 && driven > 0)
        // In one dimension steps above the threshold are far too long for the expansion.
        let short = MeanModelThreshold(dimension: 1)
        #expect(short.bias(step: 8 * short.step) == nil)
    }

    private func neuronGap(_ slope: (Double) -> Double, step: Double) -> Double {
        var (x, y) = (0.1, (2.5 / step + 0.01).squareRoot())
        for _ in 0..<3_000_000 where abs(x) > 1e-14 {
            let force = slope(x * y)
            (x, y) = (x - step * force * y, y - step * force * x)
        }
        return 2 / step - y * y
    }

    @Test(arguments: [(1.5, 0.1), (3, 0.01), (4, 0.01), (8, 0.01)])
    func theGapIsPredictedForEveryExponent(beta: Double, step: Double) throws {
        let gap = neuronGap({ $0 / pow(1 + pow(abs($0), beta), 1 / beta) }, step: step)
        let predicted = try #require(SingleNeuron.family(beta: beta).gap(step: step))
        #expect(abs(gap / predicted - 1) < 5e-3, "\(gap), predicted \(predicted)")
    }

    @Test func theGapOfTheUsualLosses() {
        #expect(SingleNeuron.root.gap(step: 0.2) == 0.2)
        #expect(abs(SingleNeuron.logCosh.gap(step: 0.2)! - 0.3) < 1e-15)
        #expect(abs(SingleNeuron.family(beta: 2).gap(step: 0.01)! - 0.01) < 1e-17)
        #expect(SingleNeuron.family(beta: 1.1).gap(step: 0.1) == nil)
        // Far from 2 the constant is still of order 1.
        for beta in [1.4, 1.7, 2.5, 20, 400] {
            let gap = SingleNeuron(exponent: beta, coefficient: 0.5).gap(step: 1)!
            #expect(gap > 0.9 && gap < 3, "beta \(beta): \(gap)")
        }
    }

    @Test func regimesOfTheSingleNeuron() {
        #expect(SingleNeuron.criticalStep(1, 3) == 0.25)
        #expect(SingleNeuron.regime(step: 0.24, from: 1, 3) == .gradientFlow)
        #expect(SingleNeuron.regime(step: 0.26, from: 1, -3) == .edgeOfStability)
        #expect(SingleNeuron.root.finalSharpness(step: 0.2, from: 1, 3) == 8)
        #expect(SingleNeuron.root.finalSharpness(step: 0.2, from: 0.1, 4) == 9.8)
        #expect(SingleNeuron.root.finalSharpness(step: 20, from: 0.1, 4) == nil)
    }

    @Test func otherObjectivesAreRefused() {
        let error = #expect(throws: EosError.self) {
            try ThresholdAnalysis(
                id: "eos.mlp", keys: Configuration(), step: 1, start: [0], iteration: 0, point: [0], sharpness: 1)
        }
        #expect(error?.status == eos_status(EOS_E_UNSUPPORTED) && error?.message.contains("mean-model") == true)
    }
}
