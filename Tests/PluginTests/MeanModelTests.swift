import CEos
import Glibc
import Testing

@Suite struct MeanModelTests {
    /// Gradient descent on (a-, a+, b) is the recursion of (A, b).
    @Test(arguments: [(200, 2.0, 1.0, 0.0), (200, 0.5, 1, 0), (50, 8, -3, 0.4), (3, 1.1, 0.2, -2.5), (1000, 1, 7, -5)])
    func gradientDescentIsTheRecursion(d: Int, ratio: Double, start: Double, bias: Double) throws {
        let subject = try Subject("mean-model", "d=\(d) start=[\(start),\(bias)]")
        let step = ratio * 8 * Double.pi / Double(d * d)
        var x = try subject.initialPoint(seed: 3)
        var (a, b) = (start, bias)
        for _ in 0..<50 {
            x = moved(x, by: -step, along: try subject.gradient(x).gradient)
            let phi = exp(-b * b / 2) / (2 * Double.pi).squareRoot()
            let distribution = erfc(-b / 2.0.squareRoot()) / 2
            let mean = phi + b * distribution
            let slope = tanh(a * mean / 2) / 2
            let change = step * slope * a * distribution
            a -= 2 * Double(d * d) * step * slope * mean
            b -= change
            let metrics = try subject.measure(x)
            #expect(abs(metrics[0] - a) <= 1e-9 * max(abs(a), 1) && abs(metrics[1] - b) <= 1e-9)
        }
    }

    @Test func theStartIsGivenByTheSumOrByBothWeights() throws {
        #expect(try Subject("mean-model", "").initialPoint(seed: 1) == [1.0 / 400, 1.0 / 400, 0])
        #expect(try Subject("mean-model", "d=10 start=[3,-1]").initialPoint(seed: 1) == [0.15, 0.15, -1])
        #expect(try Subject("mean-model", "start=[1,2,3]").initialPoint(seed: 1) == [1, 2, 3])
    }

    @Test func onlyTheSumOfTheWeightsCounts() throws {
        let subject = try Subject("mean-model", "d=20")
        let x = [0.3, -0.1, 0.2]
        let gradient = try subject.gradient(x).gradient
        #expect(gradient[0] == gradient[1])
        #expect(try subject.measure(x) == [20 * (0.3 - 0.1), 0.2])
    }

    /// g(b) and Phi(b)/g(b) to 17 digits, by 40-digit arithmetic. Where A g = 2 the value is log(2 cosh 1), and the
    /// slope along b is tanh(1) Phi/g.
    @Test(arguments: [
        (-2.9, 0.00054167384866214376, 3.4445327294133316), (-3.5, 5.8480918421422438e-5, 3.9778629562409456),
        (-6, 1.5635697959709664e-10, 6.3098407732098316), (-10, 7.474560254589328e-25, 10.194383033412553),
        (-20, 1.3700124947295799e-90, 20.099262811101282), (-35, 3.2088044826024768e-270, 35.057003708747498),
    ])
    func nothingIsLostHoweverNegativeTheBias(bias: Double, mean: Double, ratio: Double) throws {
        let subject = try Subject("mean-model", "d=2")
        let (value, gradient) = try subject.gradient([0.5 / mean, 0.5 / mean, bias])
        // The exponent -b^2/2 itself has a rounding.
        let accuracy = 1e-14 + bias * bias * 2e-16
        #expect(relativeError(value, log(2 * cosh(1))) < accuracy)
        #expect(relativeError(gradient[0], tanh(1) * mean) < accuracy)
        #expect(relativeError(gradient[2], tanh(1) * ratio) < accuracy)
    }

    @Test(arguments: [[0.01, 0.02, -0.3], [0.5, -0.2, 0.7], [-1, 0.4, -1.2], [3, 2, -1.5]])
    func derivativesAgreeWithDifferences(x: [Double]) throws {
        try expectDerivatives(of: try Subject("mean-model", "d=7"), at: x)
    }

    /// arXiv 2212.07469: on A = 0 the only curvature is d^2 g(b)^2 / 2, along (1, 1, 0).
    @Test(arguments: [(200, 0.0), (200, -0.7), (13, 1.5)])
    func theSharpnessOfTheMinimaIsKnown(d: Int, bias: Double) throws {
        let mean = exp(-bias * bias / 2) / (2 * Double.pi).squareRoot() + bias * erfc(-bias / 2.0.squareRoot()) / 2
        let values = try Subject("mean-model", "d=\(d)").eigenvalues([0.25, -0.25, bias], count: 3)
        #expect(relativeError(values[0], Double(d * d) * mean * mean / 2) < 1e-12)
        #expect(abs(values[1]) < 1e-9 && abs(values[2]) < 1e-9)
    }

    @Test func hugeArgumentsAreFinite() throws {
        let subject = try Subject("mean-model", "d=200")
        for sign in [1.0, -1] {
            let (value, gradient) = try subject.gradient([sign * 1e290, 0, 0])
            let s = 200 * 1e290 / (2 * Double.pi).squareRoot()
            #expect(relativeError(value, s / 2) < 1e-14)
            #expect(relativeError(gradient[0], sign * 100 / (2 * Double.pi).squareRoot()) < 1e-14)
            #expect(relativeError(gradient[2], 200 * 1e290 / 4) < 1e-14)
        }
        #expect(try subject.value([1, 1, -50]) == log(2))
        #expect(relativeError(try subject.value([1, 1, 1e200]), 200e200) < 1e-14)
    }

    @Test func whatIsNotFiniteIsRecoverable() throws {
        let subject = try Subject("mean-model", "")
        for x in [[1e308, 1e308, 0], [.nan, 0, 0], [0, 0, .nan], [1, 1, -.infinity], [.infinity, 0, 1]] {
            let result = subject.evaluate(x, want: Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT), id: 1)
            #expect(result.status == EOS_RECOVERABLE && !result.value.isFinite, "\(x)")
        }
    }

    @Test(arguments: [
        ("d=0", ["d = 0", "out of range"]), ("d=2.5", ["d = 2.5", "an integer"]),
        ("start=[1]", ["start has 1 entries", "[A, b]", "[a_minus, a_plus, b]"]),
        ("start=[1,2,3,4]", ["start has 4 entries"]), ("start=[]", ["start has 0 entries"]),
        ("start=[nan,0]", ["start"]), ("dtype=f32", ["dtype = \"f32\"", "f64"]), ("dd=5", ["unknown key dd"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("mean-model", settings, status: EOS_E_CONFIG, saying: fragments)
    }
}
