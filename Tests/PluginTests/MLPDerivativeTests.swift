import EosCore
import Testing

/// One network for every combination of the keys that change its arithmetic.
struct Network: Sendable, CustomTestStringConvertible {
    var activation: String
    var loss: String
    var bias: Bool

    static let all: [Network] = ["relu", "tanh", "gelu", "elu", "softplus", "identity"].flatMap { activation in
        ["mse", "cross-entropy"].flatMap { loss in
            [true, false].map { Network(activation: activation, loss: loss, bias: $0) }
        }
    }

    var testDescription: String { "\(activation), \(loss), \(bias ? "bias" : "no bias")" }

    /// relu and elu have a kink in a derivative, so that differences must not reach across it.
    var differenceStep: Double { activation == "relu" || activation == "elu" ? 1e-6 : 1e-3 }

    /// A little network over one block of samples, or with `train` 2000 a problem of several blocks and tiles.
    func subject(dtype: String, train: Int = 120, layers: String = "[16,9,7,10]", threads: Int = 1) throws -> Subject {
        try Subject(
            "mlp",
            "layers=\(layers) activation=\(activation) loss=\(loss) bias=\(bias) dtype=\(dtype) init_scale=2 "
                + "data.generator=clusters data.train=\(train) data.test=77", threads: threads)
    }
}

@Suite struct MLPDerivativeTests {
    @Test(arguments: Network.all) func theGradientAgreesWithDifferencesOfValues(network: Network) throws {
        let subject = try network.subject(dtype: "f64")
        let x = try subject.initialPoint(seed: 3)
        let gradient = try subject.gradient(x).gradient
        let h = network.differenceStep
        let differences = try x.indices.map { i in
            try difference(step: h) { t in try subject.value(moved(x, by: t, along: unitVector(x.count, i))) }
        }
        #expect(relativeError(gradient, differences) < 1e-7)
        let direction = gradient.map { $0 / norm(gradient) }
        let slope = try difference(step: h) { t in try subject.value(moved(x, by: t, along: direction)) }
        #expect(relativeError(norm(gradient), slope) < 1e-8)
    }

    @Test(arguments: Network.all) func productsAgreeWithDifferencesOfGradients(network: Network) throws {
        let subject = try network.subject(dtype: "f64")
        let x = try subject.initialPoint(seed: 3)
        let v = randomVector(x.count, seed: 10)
        let w = randomVector(x.count, seed: 11)
        let products = try subject.products(x, [v, w])
        let differences = try difference(step: network.differenceStep) { t in
            try subject.gradient(moved(x, by: t, along: v)).gradient
        }
        #expect(relativeError(products[0], differences) < 1e-7)
        #expect(relativeError(dot(w, products[0]), dot(v, products[1])) < 1e-11, "the Hessian is symmetric")
    }

    @Test(arguments: Network.all) func singlePrecisionAgreesWithDouble(network: Network) throws {
        let single = try network.subject(dtype: "f32")
        let double = try network.subject(dtype: "f64")
        let x = try single.initialPoint(seed: 3)
        let v = randomVector(x.count, seed: 10).map { Double(Float($0)) }
        #expect(relativeError(x, try double.initialPoint(seed: 3)) < 1e-7)
        let (value, gradient) = try single.gradient(x)
        let expected = try double.gradient(x)
        #expect(relativeError(value, expected.value) < 1e-6)
        #expect(relativeError(gradient, expected.gradient) < 2e-6)
        #expect(relativeError(try single.products(x, [v])[0], try double.products(x, [v])[0]) < 2e-6)
    }

    @Test(arguments: ["relu", "gelu"], ["f32", "f64"])
    func oneThreadAndThreeGiveTheSameBits(activation: String, dtype: String) throws {
        let network = Network(activation: activation, loss: "mse", bias: true)
        let one = try network.subject(dtype: dtype, train: 2000, layers: "[16,150,70,10]")
        let three = try network.subject(dtype: dtype, train: 2000, layers: "[16,150,70,10]", threads: 3)
        let x = try one.initialPoint(seed: 1)
        let v = randomVector(x.count, seed: 2)
        for _ in 0..<3 {
            let (a, b) = try (one.gradient(x), three.gradient(x))
            #expect(a.value == b.value)
            #expect(a.gradient == b.gradient)
            #expect(try one.products(x, [v]) == three.products(x, [v]))
            #expect(try one.measure(x) == three.measure(x))
        }
    }

    /// Blocks of samples and tiles of weights must cover everything once: several parts against one.
    @Test func partsAddUp() throws {
        let network = Network(activation: "tanh", loss: "cross-entropy", bias: true)
        let subject = try network.subject(dtype: "f64", train: 3001, layers: "[16,131,67,10]")
        let x = try subject.initialPoint(seed: 1)
        let gradient = try subject.gradient(x).gradient
        let direction = randomVector(x.count, seed: 4)
        let slope = try difference(step: 1e-3) { t in try subject.value(moved(x, by: t, along: direction)) }
        #expect(relativeError(dot(gradient, direction), slope) < 1e-7)
        let product = try subject.products(x, [direction])[0]
        let differences = try difference(step: 1e-3) { t in
            try subject.gradient(moved(x, by: t, along: direction)).gradient
        }
        #expect(relativeError(product, differences) < 1e-7)
    }

    /// Parts of 48 samples and more that come round to all of them: their mean, weighted by samples, is the Hessian.
    @Test(arguments: ["tanh", "relu"]) func theHessianIsTheMeanOfItsParts(activation: String) throws {
        let network = Network(activation: activation, loss: "cross-entropy", bias: true)
        for (train, parts) in [(120, 0), (500, 11), (3088, 64)] {
            let subject = try network.subject(dtype: "f64", train: train)
            let x = try subject.initialPoint(seed: 2)
            let v = randomVector(x.count, seed: 6)
            let whole = try subject.products(x, [v])[0]
            guard parts > 0 else {
                #expect(try subject.product(part: 0, v) == nil)
                continue
            }
            var sum = [Double](repeating: 0, count: x.count)
            var total = 0.0
            for part in 0..<parts {
                // Every `parts`-th block of 48; 3088 are 64 of them and 16.
                let blocks = stride(from: part, to: (train + 47) / 48, by: parts)
                let samples = Double(blocks.reduce(0) { $0 + min(48, train - 48 * $1) })
                let product = try #require(try subject.product(part: part, v))
                #expect(try subject.product(part: part + 3 * parts, v) == product)
                for i in sum.indices { sum[i] += samples * product[i] }
                total += samples
            }
            #expect(total == Double(train))
            #expect(relativeError(sum.map { $0 / total }, whole) < 1e-12)
        }
    }
}
