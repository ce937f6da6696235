import Testing

/// The portable problems of "Flatland" (2026, arXiv 2606.06722): data, initialisation, value and curvature at once.
@Suite struct MLPFiguresTests {
    static let problemB = "layers=[16,32,32,10] dtype=f64 data.generator=clusters data.train=200 data.test=1000"

    @Test func problemBHasItsInitialValueAndSharpness() throws {
        let subject = try Subject("mlp", Self.problemB + " activation=tanh")
        let x = try subject.initialPoint(seed: 1)
        #expect(abs(try subject.value(x) - 0.132533) < 5e-7)
        #expect(abs(try subject.eigenvalues(x, count: 1)[0] - 0.71804) < 5e-6)
    }

    @Test func problemGHasItsInitialValueAndSharpness() throws {
        let subject = try Subject("mlp", Self.problemB + " init_scale=2.5")
        let x = try subject.initialPoint(seed: 1)
        #expect(abs(try subject.value(x) - 4.39162) < 5e-6)
        #expect(abs(try subject.eigenvalues(x, count: 1)[0] - 15.873) < 5e-4)
    }

    @Test(.enabled(if: Plugins.hasData, "EOS_DATA_DIR is not set"), arguments: ["f32", "f64"])
    func problemCHasItsInitialValueAndSharpness(dtype: String) throws {
        let subject = try Subject(
            "mlp",
            "layers=[64,100,100,10] data.file=digits/optdigits.tes data.format=csv data.train=500 data.test=1000 "
                + "data.standardize=global dtype=\(dtype)")
        let x = try subject.initialPoint(seed: 1)
        #expect(abs(try subject.value(x) - 0.108931) < 5e-7)
        #expect(abs(try subject.eigenvalues(x, count: 1)[0] - 1.2831) < 5e-5)
    }

    @Test func theInitialPointIsTheStreamOfTheSeedInTheOrderOfTheParameters() throws {
        let subject = try Subject("mlp", Self.problemB + " init_scale=3")
        let x = try subject.initialPoint(seed: 5)
        let u = randomVector(x.count, seed: 5)
        let firstOfLayer2 = 16 * 32 + 32
        #expect(x[0] == u[0] / 4 * 3)
        #expect(x[firstOfLayer2 - 1] == u[firstOfLayer2 - 1] / 4 * 3)
        #expect(x[firstOfLayer2] == u[firstOfLayer2] / 32.0.squareRoot() * 3)
        #expect(x.last == u.last! / 32.0.squareRoot() * 3)
    }

    /// Balanced classes, no weights, the last bias at the class means: the floor of Flatland.
    @Test func withoutWeightsTheHessianHasKEigenvaluesOf2OverKAndNoOthers() throws {
        let subject = try Subject("mlp", "layers=[16,8,10] dtype=f64 data.generator=clusters data.train=200")
        let n = subject.dimension
        var x = [Double](repeating: 0, count: n)
        for k in n - 10..<n { x[k] = 0.1 }
        #expect(abs(try subject.value(x) - 0.1 * 0.9) < 1e-15)
        let columns = try subject.products(x, (0..<n).map { unitVector(n, $0) })
        for (j, column) in columns.enumerated() {
            for i in 0..<n {
                let expected = i == j && i >= n - 10 ? 0.2 : 0
                #expect(abs(column[i] - expected) < 1e-15, "H[\(i)][\(j)] = \(column[i])")
            }
        }
        #expect(subject.objective.description.sharpness_lower_bound == 0.2)
        #expect(try subject.eigenvalues(x, count: 1)[0] >= 0.2 - 1e-12)
    }
}
