import CEos
import Testing

@Suite struct MLPEvaluationTests {
    static let network = Network(activation: "gelu", loss: "mse", bias: true)
    static let value = Int(EOS_WANT_VALUE)
    static let gradient = Int(EOS_WANT_GRADIENT)

    /// Values and gradients in turn at several points, under their ids: none may be mixed up with another.
    @Test(arguments: ["f32", "f64"]) func gradientsHaveTheSameBitsAfterValues(dtype: String) throws {
        let subject = try Self.network.subject(dtype: dtype)
        let fresh = try Self.network.subject(dtype: dtype)
        let x = try subject.initialPoint(seed: 1)
        let points = try (0..<3).map { moved(x, by: -0.1 * Double($0), along: try fresh.gradient(x).gradient) }
        let expected = try points.map { try fresh.gradient($0) }
        for order in [[0, 1, 0], [0, 1, 1], [0, 1, 2, 1], [0, 1, 2, 0], [2, 0, 1, 0, 1]] {
            let base = Int64(1000 * order.count + order.last!) << 8
            for i in order.dropLast() {
                #expect(subject.evaluate(points[i], want: Self.value, id: base + Int64(i)).value == expected[i].value)
            }
            let last = order.last!
            let kept = subject.evaluate(points[last], want: Self.gradient, id: base + Int64(last))
            #expect(kept.status == EOS_OK)
            #expect(kept.value == expected[last].value)
            #expect(kept.gradient == expected[last].gradient)
        }
    }

    @Test func aPointWithoutFiniteValueIsRecoverable() throws {
        let subject = try Self.network.subject(dtype: "f32")
        var x = try subject.initialPoint(seed: 1)
        let good = try subject.gradient(x)
        for (id, bad) in [Double.nan, .infinity, -.infinity].enumerated() {
            x[3] = bad
            let both = Self.value | Self.gradient
            #expect(subject.evaluate(x, want: both, id: Int64(id)).status == EOS_RECOVERABLE)
        }
        let again = try subject.gradient(subject.initialPoint(seed: 1))
        #expect(again.value == good.value && again.gradient == good.gradient)
    }

    @Test func reluPassesNaNOn() throws {
        let subject = try Network(activation: "relu", loss: "mse", bias: true).subject(dtype: "f64")
        var x = try subject.initialPoint(seed: 1)
        x[0] = .nan
        #expect(subject.evaluate(x, want: Self.value, id: 1).status == EOS_RECOVERABLE)
    }

    @Test func itSaysWhatItIs() throws {
        let subject = try Self.network.subject(dtype: "f32")
        let description = subject.objective.description
        #expect(description.dimension == 16 * 9 + 9 + 9 * 7 + 7 + 7 * 10 + 10)
        #expect(description.isNonnegative)
        #expect(description.value_lower_bound == 0)
        #expect(description.sharpness_lower_bound == 0.2)
        #expect(
            subject.objective.blocks.map(\.name) == [
                "layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias", "layer3.weight", "layer3.bias",
            ])
        #expect(subject.objective.blocks.map(\.shape) == [[9, 16], [9], [7, 9], [7], [10, 7], [10]])
        #expect(subject.objective.blocks.map(\.offset) == [0, 144, 153, 216, 223, 293])
        #expect(subject.objective.metrics.map(\.name) == ["train_accuracy", "test_accuracy", "test_loss"])
    }

    @Test func withoutBiasThereAreOnlyWeightsAndNoBoundOnTheSharpness() throws {
        let subject = try Network(activation: "relu", loss: "mse", bias: false).subject(dtype: "f32")
        #expect(subject.objective.description.sharpness_lower_bound.isNaN)
        #expect(subject.objective.blocks.map(\.name) == ["layer1.weight", "layer2.weight", "layer3.weight"])
        let entropy = try Network(activation: "relu", loss: "cross-entropy", bias: true).subject(dtype: "f32")
        #expect(entropy.objective.description.sharpness_lower_bound.isNaN)
    }

    /// Without weights every sample has the outputs of the last bias: all are told to be the class that it favours.
    @Test func metricsCountHitsAndAverageTheTestLoss() throws {
        let subject = try Subject(
            "mlp", "layers=[16,8,10] dtype=f64 data.generator=clusters data.train=205 data.test=1003")
        let n = subject.dimension
        var x = [Double](repeating: 0, count: n)
        x[n - 10 + 4] = 1
        let metrics = try subject.measure(x)
        #expect(metrics[0] == 21.0 / 205)
        #expect(metrics[1] == 100.0 / 1003)
        // A miss costs 1 at the class told and 1 at the true one, over K = 10 classes.
        #expect(relativeError(metrics[2], 903.0 / 1003 * 2 / 10) < 1e-14)
        // Of equal outputs the first counts, so that every sample is told to be class 0.
        #expect(try subject.measure([Double](repeating: 0, count: n))[1] == 100.0 / 1003)
    }

    @Test func withoutTestSamplesTheirMetricsAreNaN() throws {
        let subject = try Subject("mlp", "layers=[16,10] data.generator=clusters data.train=50")
        let metrics = try subject.measure(subject.initialPoint(seed: 1))
        #expect(metrics[0].isFinite && metrics[1].isNaN && metrics[2].isNaN)
    }
}
