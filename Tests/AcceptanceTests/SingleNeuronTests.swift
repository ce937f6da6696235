import Glibc
import Testing

/// The acceptance figures of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469): the
/// single neuron l(x y).
@Suite struct SingleNeuronAcceptanceTests {
    /// Trains at a step from (x0, sqrt(a/eta + x0^2)), where eta (y0^2 - x0^2) = a; returns (2/eta - y^2) at the end.
    private func gap(_ loss: String, step: Double, excess a: Double, x0: Double = 0.1) throws -> Double {
        let y0 = (a / step + x0 * x0).squareRoot()
        var problem = try ThresholdProblem("single-neuron", "loss=\(loss) start=[\(x0),\(y0)]")
        try problem.train(step: step, iterations: 3_000_000, gradientNorm: 1e-12)
        #expect(abs(problem.point[0]) < 1e-10)
        #expect(abs(try problem.sharpness() / (problem.point[1] * problem.point[1]) - 1) < 1e-9)
        return 2 / step - problem.point[1] * problem.point[1]
    }

    /// y0^2 = 2.5/eta + 0.01.
    @Test(arguments: [(0.2, 1.0208), (0.05, 1.0013)])
    func theGapOfTheSquareRootLoss(step: Double, expected: Double) throws {
        #expect(abs(try gap("sqrt", step: step, excess: 2.5) / step - expected) < 5e-5)
    }

    /// The gap tends to eta/(2c), l'(s)/s = 1 - c s^2: c = 1/2 for sqrt and beta = 2, 1/3 for log cosh. Where it began
    /// does not matter.
    @Test(arguments: [("sqrt", 0.5), ("log-cosh", 1 / 3.0), ("beta beta=2", 0.5)], [(2.5, 0.1), (3.0, 0.3)])
    func theGapTendsToTheStepOverTwiceTheCoefficient(loss: (String, Double), start: (Double, Double)) throws {
        var before = Double.infinity
        for step in [0.1, 0.04, 0.02] {
            let ratio = try gap(loss.0, step: step, excess: start.0, x0: start.1) / (step / (2 * loss.1))
            #expect(abs(ratio - 1) < 0.1 * step && abs(ratio - 1) < before, "\(loss.0): \(ratio) at \(step)")
            before = abs(ratio - 1)
        }
    }

    /// The gap scales as eta^(1/(beta-1)).
    @Test(arguments: [1.5, 3, 4])
    func theGapScalesAsAPowerOfTheStep(beta: Double) throws {
        let steps = beta < 2 ? [0.2, 0.1] : [0.02, 0.01]
        let gaps = try steps.map { try gap("beta beta=\(beta)", step: $0, excess: 2.5) }
        let exponent = log(gaps[0] / gaps[1]) / log(steps[0] / steps[1])
        #expect(abs(exponent * (beta - 1) - 1) < 0.01, "\(exponent)")
    }

    /// Below 2/(y0^2 - x0^2) training follows the gradient flow, which keeps y^2 - x^2.
    @Test(arguments: ["sqrt", "log-cosh", "beta beta=4"], [(0.05, 0.4, 3.0), (0.1, 0.1, 2.0), (0.01, 1.0, 5.0)])
    func shortStepsFollowTheGradientFlow(loss: String, setting: (Double, Double, Double)) throws {
        let (step, x0, y0) = setting
        var problem = try ThresholdProblem("single-neuron", "loss=\(loss) start=[\(x0),\(y0)]")
        try problem.train(step: step, iterations: 1_000_000, gradientNorm: 1e-10)
        let flow = y0 * y0 - x0 * x0
        #expect(step < 2 / flow)
        // What the flow keeps the steps change by eta^2 s'^2 (y^2 - x^2), summed over a decaying s.
        #expect(abs(problem.point[1] * problem.point[1] - flow) < step * flow * x0 * x0 * 2)
    }
}
