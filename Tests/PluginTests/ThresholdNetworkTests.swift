import CEos
import EosCore
import EosData
import Glibc
import Testing

@Suite struct ThresholdNetworkTests {
    /// The network once more, unit by unit, on the samples of the host's generator.
    private struct Reference {
        let d: Int
        let train: [(x: [Double], y: Double)]
        let test: [(x: [Double], y: Double)]

        init(d: Int, samples: Int, test: Int, signal: Double = 3, seed: Int = 7, type: ElementType = .f64) throws {
            var keys = Configuration()
            try keys.set(
                assignments: "data.generator=sparse-coding data.dimension=\(d) data.train=\(samples) data.test=\(test) "
                    + "data.signal=\(signal) data.seed=\(seed) data.standardize=none")
            let data = try Dataset(keys, as: type)
            let table = data.table.pointee
            let rows = withExtendedLifetime(data) {
                (0..<samples + test).map { row -> (x: [Double], y: Double) in
                    let x = (0..<d).map { column -> Double in
                        let index = row * d + column
                        return type == .f64
                            ? table.inputs.assumingMemoryBound(to: Double.self)[index]
                            : Double(table.inputs.assumingMemoryBound(to: Float.self)[index])
                    }
                    return (x, Double(2 * table.labels[row] - 1))
                }
            }
            self.d = d
            train = Array(rows[..<samples])
            self.test = Array(rows[samples...])
        }

        func output(_ x: [Double], _ w: [Double]) -> Double {
            w[0] * x.reduce(0) { $0 + max(0, w[2] - $1) } + w[1] * x.reduce(0) { $0 + max(0, w[2] + $1) }
        }

        func value(_ w: [Double]) -> Double {
            train.reduce(0) { $0 + log1p(exp(-$1.y * output($1.x, w))) } / Double(train.count)
        }

        func accuracy(_ w: [Double]) -> Double {
            Double(test.count { $0.y * output($0.x, w) > 0 }) / Double(test.count)
        }

        /// The distance from b to the nearest kink.
        func clearance(_ b: Double) -> Double {
            train.flatMap(\.x).map { min(abs(b - $0), abs(b + $0)) }.min()!
        }
    }

    private static let points = [
        [0.01, 0.02, 0.0], [-0.03, 0.05, -0.4], [0.1, -0.1, 0.9], [0.2, 0.3, -2.8], [-0.02, 0.01, 5], [0.5, 0.5, -9],
    ]

    @Test func theValueIsThatOfTheNetwork() throws {
        for (d, samples, seed) in [(200, 40, 7), (1, 9, 1), (7, 50, -3), (33, 2100, 12)] {
            let subject = try Subject("threshold-network", "d=\(d) samples=\(samples) data_seed=\(seed)")
            let reference = try Reference(d: d, samples: samples, test: 0, seed: seed)
            for w in Self.points {
                #expect(relativeError(try subject.value(w), reference.value(w)) < 1e-12, "\(d) \(samples) \(w)")
            }
        }
    }

    @Test func inSinglePrecisionDataAndParametersAreRounded() throws {
        let subject = try Subject("threshold-network", "d=50 samples=30 test=500 dtype=f32 signal=2")
        #expect(subject.objective.space.type == .f32)
        let reference = try Reference(d: 50, samples: 30, test: 500, signal: 2, type: .f32)
        for w in Self.points {
            let rounded = w.map { Double(Float($0)) }
            #expect(relativeError(try subject.value(w), reference.value(rounded)) < 1e-12)
            #expect(try subject.measure(w)[0] == reference.accuracy(rounded))
        }
    }

    @Test func theMetricsAreThoseOfTheTestSamples() throws {
        let subject = try Subject("threshold-network", "d=20 samples=10 test=2500", threads: 2)
        let reference = try Reference(d: 20, samples: 10, test: 2500)
        for w in Self.points {
            let metrics = try subject.measure(w)
            #expect(metrics == [reference.accuracy(w), w[2]])
        }
        #expect(try Subject("threshold-network", "d=3 samples=2 test=0").measure([1, 1, 1])[0].isNaN)
    }

    /// Between kinks the loss is smooth.
    @Test func derivativesAgreeWithDifferencesBetweenKinks() throws {
        let subject = try Subject("threshold-network", "d=4 samples=6")
        let reference = try Reference(d: 4, samples: 6, test: 0)
        var points = 0
        for i in 0..<40 where reference.clearance(Double(i) / 10 - 2) > 0.02 {
            points += 1
            let w = randomVector(2, seed: UInt64(i)) + [Double(i) / 10 - 2]
            try expectDerivatives(of: subject, at: w, step: 1e-3, tolerance: 1e-7)
        }
        #expect(points > 5)
    }

    /// However far the bias went before, and on however many threads.
    @Test func nothingDependsOnWhatCameBefore() throws {
        let settings = "d=60 samples=3000 test=0"
        let (used, threaded) = (
            try Subject("threshold-network", settings), try Subject("threshold-network", settings, threads: 2)
        )
        for w in Self.points.reversed() { _ = try used.gradient(w) }
        for w in Self.points + Self.points.reversed() {
            let fresh = try Subject("threshold-network", settings).gradient(w)
            for other in [try used.gradient(w), try threaded.gradient(w)] {
                #expect(other.value == fresh.value && other.gradient == fresh.gradient)
            }
        }
    }

    @Test func atAKinkAUnitIsOff() throws {
        let subject = try Subject("threshold-network", "d=1 samples=1")
        let x = try Reference(d: 1, samples: 1, test: 0).train[0].x[0]
        // a+ ReLU(x + b) alone: exactly at b = -x there is neither output nor slope.
        let (value, gradient) = try subject.gradient([0, 1, -x])
        #expect(value == log(2) && gradient[1] == 0 && gradient[2] == 0)
    }

    @Test func theSeedIsThatOfTheWeightsAndDataHaveTheirOwn() throws {
        let subject = try Subject("threshold-network", "d=50 samples=20")
        let random = Random(seed: 11)
        let weights = [random.normal(0), random.normal(1)].map { $0 / 10 }
        #expect(zip(try subject.initialPoint(seed: 11), weights + [0]).allSatisfy { abs($0 - $1) < 1e-16 })
        let w = Self.points[1]
        let other = try Subject("threshold-network", "d=50 samples=20 data_seed=8")
        #expect(try subject.value(w) != other.value(w))
        #expect(try subject.initialPoint(seed: 4) == other.initialPoint(seed: 4))
        #expect(try subject.value(w) == Subject("threshold-network", "d=50 samples=20 data_seed=7").value(w))
    }

    @Test func hugeOutputsAreFiniteAndWhatIsNotIsRecoverable() throws {
        let subject = try Subject("threshold-network", "d=30 samples=20 test=50")
        let (value, gradient) = try subject.gradient([1e200, -1e200, 0.5])
        #expect(value.isFinite && value > 1e199 && gradient.allSatisfy(\.isFinite))
        for x in [[1e308, 1e308, 1e10], [.nan, 0, 0], [0, 0, .nan], [1, 1, .infinity]] {
            let result = subject.evaluate(x, want: Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT), id: 1)
            #expect(result.status == EOS_RECOVERABLE && !result.value.isFinite, "\(x)")
        }
    }

    @Test(arguments: [
        ("d=0", ["d = 0", "out of range"]), ("samples=0", ["samples = 0", "out of range"]),
        ("signal=-1", ["signal = -1", "out of range"]), ("test=-1", ["test = -1", "out of range"]),
        ("dtype=f16", ["dtype = \"f16\"", "f32, f64"]), ("sample=5", ["unknown key sample", "did you mean samples?"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("threshold-network", settings, status: EOS_E_CONFIG, saying: fragments)
    }

    @Test func dataTooLargeForMemoryAreRefused() {
        expectRefusal(
            "threshold-network", "d=2000000000 samples=1000000000000", status: EOS_E_MEMORY,
            saying: ["samples: there is not enough memory for 1000000000000 x 2000000000"])
    }
}
