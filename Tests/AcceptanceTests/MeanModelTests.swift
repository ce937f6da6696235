import Glibc
import Testing

/// The acceptance figures of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469): the mean
/// model.
@Suite struct MeanModelAcceptanceTests {
    static func threshold(_ dimension: Int) -> Double { 8 * Double.pi / Double(dimension * dimension) }

    /// d = 200, A = 1 and b = 0 at the start, r = eta / eta_c: the learned bias and 2 - eta lambda there.
    @Test(arguments: [
        (0.5, -1.5e-5, 1.000, 1e-6, 5e-4), (1.0, -0.001203, 0.00602, 1e-6, 5e-6),
        (1.1, -0.038360, 0.003373, 1e-6, 5e-7), (2, -0.261976, 0.007485, 1e-6, 5e-7),
        (8, -0.714136, 0.04392, 1e-6, 5e-6),
    ])
    func theLearnedBias(r: Double, bias: Double, gap: Double, biasError: Double, gapError: Double) throws {
        let step = r * Self.threshold(200)
        var problem = try ThresholdProblem("mean-model", "d=200 start=[1,0]")
        try problem.train(step: step, iterations: 1_000_000, gradientNorm: 1e-13)
        #expect(abs(problem.point[2] - bias) < biasError, "b is \(problem.point[2])")
        let measured = 2 - step * (try problem.sharpness())
        #expect(abs(measured - gap) < gapError, "2 - eta lambda is \(measured)")
    }

    @Test(arguments: [
        (1, -2.9477793131529015, -6.184759530220259e-05), (10, 9.203112784685487, -0.022502061089287234),
    ])
    func theFirstIteratesAtTwiceTheThreshold(iteration: Int, amplitude: Double, bias: Double) throws {
        var problem = try ThresholdProblem("mean-model", "d=200")
        try problem.train(step: 2 * Self.threshold(200), iterations: iteration)
        #expect(abs(try problem.metric("A") / amplitude - 1) < 1e-13)
        #expect(abs(problem.point[2] / bias - 1) < 1e-12)
    }

    /// Other dimensions, steps and starts against the recursion in 80-bit arithmetic: before rounding has grown,
    /// iterate by iterate; afterwards the place where it ends.
    @Test(arguments: [
        (200, 1.1, 1.0, 0.0), (200, 8, 1, 0), (50, 1.5, 1, 0), (1000, 3, 2, 0.1), (20, 4, -0.5, 0), (77, 20, 1, -0.3),
        (400, 0.7, 5, 0.2), (10, 1.05, 1, 0),
    ])
    func otherSettingsAreTheRecursion(d: Int, r: Double, amplitude: Double, bias: Double) throws {
        let step = r * Self.threshold(d)
        var (a, b) = (Float80(amplitude), Float80(bias))
        func advance(_ iterations: Int) {
            let (dimension, eta) = (Float80(d), Float80(step))
            for _ in 0..<iterations {
                let distribution = erfc(-b / Float80(2).squareRoot()) / 2
                let mean = exp(-b * b / 2) / (2 * Float80.pi).squareRoot() + b * distribution
                let size = exp(-abs(a * mean))
                // tanh(s/2)/2, s = A g.
                let slope = (1 - size) / (1 + size) / 2 * (a < 0 ? -1 : 1)
                (a, b) = (
                    a - 2 * dimension * dimension * eta * slope * mean, b - eta * slope * a * distribution
                )
            }
        }
        var problem = try ThresholdProblem("mean-model", "d=\(d) start=[\(amplitude),\(bias)]")
        var done = 0
        for iterations in [1, 2, 5, 20] {
            advance(iterations - done)
            done = iterations
            try problem.train(step: step, iterations: iterations)
            #expect(abs(try problem.metric("A") - Double(a)) < 1e-11 * max(abs(Double(a)), 1), "after \(iterations)")
            #expect(abs(problem.point[2] - Double(b)) < 1e-11, "after \(iterations)")
        }
        try problem.train(step: step, iterations: 20_000)
        advance(20_000 - done)
        #expect(abs(problem.point[2] - Double(b)) < 1e-6)
    }

    /// Below the threshold the bias stays, above it it is lowered until the sharpness is just below 2/eta.
    @Test(arguments: [50, 200, 1000])
    func theThresholdIsEightPiOverTheSquaredDimension(d: Int) throws {
        for r in [0.9, 0.99, 1.05, 1.2] {
            let step = r * Self.threshold(d)
            var problem = try ThresholdProblem("mean-model", "d=\(d) start=[1,0]")
            try problem.train(step: step, iterations: 2_000_000, gradientNorm: 1e-13)
            let product = step * (try problem.sharpness())
            if r < 1 {
                #expect(problem.point[2] > -0.006 && product < 2)
            } else {
                #expect(product < 2 && product > 1.9)
                // eta lambda(0) = 2 r: the mean of ReLU(z + b) has to fall by sqrt(r).
                #expect(problem.point[2] < -0.7 * (1 - 1 / r.squareRoot()))
            }
        }
    }
}
