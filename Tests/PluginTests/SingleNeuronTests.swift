import CEos
import Glibc
import Testing

@Suite struct SingleNeuronTests {
    /// l(s) at (s, 1): its value, and its slope as the gradient along x.
    private func loss(_ settings: String, _ s: Double) throws -> (value: Double, slope: Double) {
        let (value, gradient) = try Subject("single-neuron", settings).gradient([s, 1])
        return (value, gradient[0])
    }

    @Test(arguments: [0, 1e-9, 1e-3, 0.3, -0.999, 1.001, -2, 30, -1e5, 1e154, -1e300])
    func lossesAreTheirFormulae(s: Double) throws {
        let root = try loss("loss=sqrt", s)
        #expect(relativeError(root.value, hypot(1, s)) < 1e-15)
        #expect(abs(root.slope - s / hypot(1, s)) <= 1e-15 * abs(root.slope))
        let cosh = try loss("loss=log-cosh", s)
        // log cosh s with what overflows taken out, and s^2/2 (1 - s^2/6) where the rest is rounding.
        let expected = abs(s) < 1e-2 ? s * s / 2 * (1 - s * s / 6) : abs(s) + log1p(exp(-2 * abs(s))) - log(2)
        #expect(abs(cosh.value - expected) <= 1e-9 * expected)
        #expect(cosh.slope == tanh(s))
        // beta = 2 is sqrt, less 1: s^2 / (1 + sqrt(1 + s^2)).
        let two = try loss("loss=beta beta=2", s)
        #expect(abs(two.value - abs(s) * (abs(s) / (1 + hypot(1, s)))) <= 2e-15 * two.value)
        #expect(abs(two.slope - root.slope) <= 1e-15 * abs(root.slope))
    }

    /// The value is the integral of the slope s / (1 + |s|^beta)^(1/beta): by Simpson's rule, from 0 and over |s| = 1.
    @Test(arguments: [1.001, 1.1, 1.5, 3, 4.5, 20, 1000], [0.2, 0.97, 1.04, 2.5, 12])
    func theBetaFamilyIsTheIntegralOfItsSlope(beta: Double, s: Double) throws {
        let subject = try Subject("single-neuron", "loss=beta beta=\(beta)")
        func slope(_ u: Double) -> Double {
            u < 1 ? u * pow(1 + pow(u, beta), -1 / beta) : pow(1 + pow(u, -beta), -1 / beta)
        }
        // Pieces between powers of two, and fine ones around 1, where a large beta bends.
        let ends = ([0] + (-20...4).map { exp2(Double($0)) } + (-40...40).map { exp(Double($0) / 4000) }).sorted()
        var integral = 0.0
        for (low, high) in zip(ends, ends.dropFirst()) where low < s {
            let width = (min(high, s) - low) / 200
            for i in 0..<100 {
                let left = low + 2 * Double(i) * width
                integral += (slope(left) + 4 * slope(left + width) + slope(left + 2 * width)) * width / 3
            }
        }
        #expect(relativeError(try subject.value([s, 1]), integral) < 1e-9)
        #expect(relativeError(try subject.gradient([-s, 1]).gradient[0], -slope(s)) < 1e-13)
    }

    @Test(arguments: [1.001, 1.5, 2, 7])
    func theBetaFamilyHasNoStepWhereItsSeriesMeet(beta: Double) throws {
        let below = try loss("loss=beta beta=\(beta)", 1.0)
        let above = try loss("loss=beta beta=\(beta)", 1.0.nextUp)
        #expect(relativeError(below.value, above.value) < 1e-11)
        #expect(relativeError(below.slope, above.slope) < 1e-15)
    }

    @Test(arguments: ["loss=sqrt", "loss=log-cosh", "loss=beta beta=1.5", "loss=beta beta=3"])
    func derivativesAgreeWithDifferences(settings: String) throws {
        let subject = try Subject("single-neuron", settings)
        for x in [[0.3, 2.5], [-1.4, 0.9], [2, -3.1], [0.05, 11], [3, 30]] {
            try expectDerivatives(of: subject, at: x, step: 1e-4, tolerance: 1e-6)
        }
    }

    /// On x = 0 the curvature is y^2 along x.
    @Test(arguments: ["loss=sqrt", "loss=log-cosh", "loss=beta beta=3"])
    func theSharpnessOfTheMinimaIsTheSquare(settings: String) throws {
        let subject = try Subject("single-neuron", settings)
        #expect(relativeError(try subject.eigenvalues([0, -3.5], count: 2)[0], 12.25) < 1e-12)
    }

    /// The gradient flow keeps y^2 - x^2: followed with small steps it ends on the axis there.
    @Test(arguments: [[0.5, 2], [2, -0.7]])
    func theFlowEndsAtItsSharpness(start: [Double]) throws {
        let subject = try Subject("single-neuron", "")
        var x = start
        for _ in 0..<40_000 { x = moved(x, by: -5e-4, along: try subject.gradient(x).gradient) }
        let predicted = try subject.measure(start)[0]
        #expect(relativeError(try subject.eigenvalues(x, count: 1)[0], predicted) < 2e-3)
        #expect(predicted == abs(start[1] * start[1] - start[0] * start[0]))
    }

    @Test func startsWhereItIsTold() throws {
        #expect(try Subject("single-neuron", "").initialPoint(seed: 5) == [0.1, 3])
        #expect(try Subject("single-neuron", "start=[-2,0.5]").initialPoint(seed: 5) == [-2, 0.5])
    }

    @Test func whatIsNotFiniteIsRecoverable() throws {
        for settings in ["loss=sqrt", "loss=log-cosh", "loss=beta beta=1.2"] {
            let subject = try Subject("single-neuron", settings)
            for x in [[1e200, 1e200], [.nan, 1], [0, .infinity]] {
                let result = subject.evaluate(x, want: Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT), id: 1)
                #expect(result.status == EOS_RECOVERABLE && !result.value.isFinite, "\(settings) \(x)")
            }
            let (value, gradient) = try subject.gradient([1e150, -1e150])
            #expect(relativeError(value, 1e300) < 1e-12 && gradient == [1e150, -1e150])
        }
    }

    @Test(arguments: [
        ("loss=huber", ["loss = \"huber\"", "sqrt, log-cosh, beta"]),
        ("loss=beta beta=1", ["beta = 1", "out of range"]),
        ("beta=-2", ["beta = -2", "out of range"]), ("start=[1]", ["start has 1 entries", "[x, y]"]),
        ("start=[1,2,3]", ["start has 3 entries"]), ("dtype=f32", ["dtype = \"f32\"", "f64"]),
        ("gamma=5", ["unknown key gamma"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("single-neuron", settings, status: EOS_E_CONFIG, saying: fragments)
    }
}
