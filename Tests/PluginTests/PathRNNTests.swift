import CEos
import EosAnalysis
import EosCore
import Foundation
import Testing

/// The objective of "Path classification by stochastic linear recurrent neural networks" (2022, arXiv 2108.03090),
/// which goes back in time, against the analyses, which go forward, and against differences.
@Suite struct PathRNNTests {
    @Test(arguments: PathCase.all) func theValueIsThatOfTheForwardForm(test: PathCase) throws {
        let subject = try test.subject()
        for point in try test.points(subject) {
            let (network, training, _) = try test.model(subject, at: point)
            let expected = PathReadOuts.euler(network, training).loss
            let value = try subject.value(point)
            #expect(relativeError(value, expected) < 1e-11)
        }
    }

    /// Constrained or not, at the initial point and elsewhere: what is evaluated is what is differentiated.
    @Test(arguments: PathCase.all) func theGradientAgreesWithDifferences(test: PathCase) throws {
        let subject = try test.subject()
        for point in try test.points(subject) {
            let gradient = try subject.gradient(point).gradient
            let differences = try point.indices.map { i in
                try difference(step: 1e-4) { t in
                    try subject.value(moved(point, by: t, along: unitVector(point.count, i)))
                }
            }
            #expect(relativeError(gradient, differences) < 1e-6)
        }
    }

    @Test(arguments: PathCase.all) func productsAgreeWithDifferencesOfGradients(test: PathCase) throws {
        let subject = try test.subject()
        for point in try test.points(subject) {
            let v = randomVector(point.count, seed: 10)
            let w = randomVector(point.count, seed: 11)
            let products = try subject.products(point, [v, w])
            let differences = try difference(step: 1e-5) { t in
                try subject.gradient(moved(point, by: t, along: v)).gradient
            }
            #expect(relativeError(products[0], differences) < 1e-6)
            #expect(relativeError(dot(w, products[0]), dot(v, products[1])) < 1e-9, "the Hessian is symmetric")
        }
    }

    @Test(arguments: PathCase.all) func metricsAreThoseOfTheForwardForm(test: PathCase) throws {
        let subject = try test.subject()
        for point in try test.points(subject) {
            let (network, training, testing) = try test.model(subject, at: point)
            let metrics = try subject.measure(point)
            let readOuts = PathReadOuts.euler(network, testing)
            // Exact for two classes; of more, the objective draws 1000 times and this 20,000 times.
            let tolerance = test.classes == 2 ? 1e-12 : 0.04
            #expect(abs(metrics[0] - readOuts.accuracy(.init(draws: 20_000))) < tolerance)
            #expect(metrics[1] == readOuts.noiseFreeAccuracy)
            #expect(relativeError(metrics[2], readOuts.lipschitz) < 1e-11)
            #expect(abs(metrics[3] - readOuts.accuracy(.init(attack: 0.3, draws: 20_000))) < tolerance)
            #expect(relativeError(metrics[4], PathBound.euler(network, training).total) < 1e-10)
            #expect(relativeError(metrics[5], readOuts.loss) < 1e-11)
        }
    }

    /// The worked example of the specification, K = 1000: z = -.359367403 up to Euler's error, and by other v the two
    /// components of the mean, -.20284439 and -.03588638.
    @Test(arguments: [true, false]) func theExampleHasItsFigures(constrain: Bool) throws {
        let file = FileManager.default.temporaryDirectory.path + "/eos-sine-\(UUID().uuidString).csv"
        let row = (0..<1000).map { "\(sin(2 * Double.pi * Double($0) / 1000))" }.joined(separator: ",")
        try (row + ",1\n" + row + ",0\n").write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let subject = try Subject(
            "path-rnn",
            "units=2 sigma=0.5 constrain=\(constrain) data.file=\(file) data.format=csv data.channels=1 data.train=1 "
                + "data.classes=2")
        func z(_ v: [Double], _ beta: Double) throws -> Double {
            let value = try subject.value([-1, 2, -2, -1, 1, 0] + v + [beta])
            // value = Phi(-z), by Newton's method.
            var z = 0.0
            for _ in 0..<50 {
                z += (normalProbability(below: -z) - value) / (exp(-z * z / 2) / (2 * Double.pi).squareRoot())
            }
            return z
        }
        let example = try z([1, -1], 0)
        #expect(abs(example + 0.359367403) < 1e-3)
        // W + W' = -2 I: the variance is the same in every direction, and beta tells how large it is.
        let (z0, z1) = (try z([1, 0], 0), try z([1, 0], 0.01))
        let deviation = 0.01 / (z1 - z0)
        #expect(abs(deviation * deviation - 0.10808309) < 3e-4)
        #expect(abs(z0 * deviation + 0.20284439) < 2e-8)
        let second = try z([0, 1], 0)
        #expect(abs(second * deviation + 0.03588638) < 2e-8)
        // A read-out decides the same whatever its length.
        let (long, short) = (try z([2, -2], 0.5), try z([1, -1], 0.25))
        #expect(abs(long - short) < 1e-9)
    }

    /// Probabilities of a millionth and far below, and saturated on the other side.
    @Test func tailsAreExact() throws {
        let test = PathCase(sigma: 0.004, train: 6)
        let subject = try test.subject()
        let point = try subject.initialPoint(seed: 1)
        let (network, training, _) = try test.model(subject, at: point)
        let zs = (0..<6).map { index in
            let z = network.score(network.eulerLaw(of: training.path(index), steps: training.steps))
            return training.labels[index] == 1 ? z : -z
        }
        #expect(zs.contains { $0 > 6 })
        let gradient = try subject.gradient(point)
        #expect(relativeError(gradient.value, zs.reduce(0) { $0 + 0.5 * erfc($1 / 2.0.squareRoot()) / 6 }) < 1e-11)
        #expect(gradient.gradient.allSatisfy { $0.isFinite })
        let separable = try PathCase(sigma: 1e-9, train: 6).subject()
        let saturated = try separable.gradient(point)
        #expect(saturated.value.isFinite && saturated.gradient.allSatisfy(\.isFinite))
    }

    /// A network without read-out, input or finite weights has no value.
    @Test(arguments: [true, false]) func pointsWithoutValueAreRecoverable(constrain: Bool) throws {
        let subject = try PathCase(constrain: constrain).subject()
        let start = try subject.initialPoint(seed: 1)
        let both = Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
        var points = [start.map { $0 * .nan }, start.map { _ in .infinity }]
        let blocks = subject.objective.blocks
        var mute = start
        for i in blocks[2].offset..<start.count { mute[i] = 0 }
        points.append(mute)
        if !constrain { points.append(start.map { $0 * 1e200 }) }
        for (id, point) in points.enumerated() {
            #expect(subject.evaluate(point, want: both, id: Int64(id)).status == EOS_RECOVERABLE)
            #expect(try subject.measure(point).allSatisfy(\.isNaN))
        }
        #expect(try subject.gradient(start).value.isFinite)
    }

    @Test func theInitialPointIsAsSpecified() throws {
        let test = PathCase(classes: 3, units: 60)
        let subject = try test.subject()
        let point = try subject.initialPoint(seed: 7)
        let blocks = subject.objective.blocks
        #expect(blocks.map(\.name) == ["W", "A", "v", "beta"])
        #expect(blocks.map(\.shape) == [[60, 60], [60, 2], [3, 60], [3]])
        let random = Random(seed: 7)
        for i in 0..<3600 {
            let drawn = random.normal(UInt64(i)) / 60.0.squareRoot() - (i % 61 == 0 ? 1 : 0)
            #expect(abs(point[i] - drawn) < 1e-15)
        }
        #expect(abs(norm(Array(point[3600..<3720])) - 1) < 1e-14)
        for r in 0..<3 { #expect(abs(norm(Array(point[3720 + 60 * r..<3780 + 60 * r])) - 1) < 1e-14) }
        #expect(try subject.initialPoint(seed: 8) != point)
        // The nearest class mean: better than chance from every seed.
        for test in PathCase.all where test.units > 1 {
            let subject = try test.subject()
            for seed in 0..<5 as Range<UInt64> {
                let value = try subject.value(subject.initialPoint(seed: seed))
                #expect(value < 0.5)
            }
        }
    }

    @Test func classesWithoutPathsAreTakenAlong() throws {
        let subject = try PathCase(classes: 3, train: 4).subject("classes=6")
        let point = try subject.initialPoint(seed: 1)
        #expect(subject.objective.blocks[2].shape == [6, 5])
        let gradient = try subject.gradient(point)
        #expect(gradient.value.isFinite && gradient.gradient.allSatisfy(\.isFinite))
    }

    @Test func withoutTestPathsTheTrainingPathsAreMeasured() throws {
        let subject = try PathCase(train: 40, test: 0).subject()
        let point = try subject.initialPoint(seed: 1)
        let metrics = try subject.measure(point)
        let value = try subject.value(point)
        #expect(relativeError(metrics[0], 1 - value) < 1e-12)
        #expect(metrics[5].isNaN)
    }

    /// 2000 paths are cut into several blocks and strips.
    @Test func oneThreadAndThreeGiveTheSameBits() throws {
        for test in [PathCase(steps: 60, train: 20_000), PathCase(classes: 5, units: 7, steps: 30, train: 6000)] {
            let (one, three) = (try test.subject(), try test.subject(threads: 3))
            let x = try one.initialPoint(seed: 1)
            let v = randomVector(x.count, seed: 2)
            for _ in 0..<2 {
                let (a, b) = try (one.gradient(x), three.gradient(x))
                #expect(a.value == b.value)
                #expect(a.gradient == b.gradient)
                #expect(try one.products(x, [v]) == three.products(x, [v]))
                #expect(try one.measure(x) == three.measure(x))
            }
            let direction = try one.gradient(x).gradient
            let slope = try difference(step: 1e-3) { t in try one.value(moved(x, by: t, along: direction)) }
            #expect(relativeError(dot(direction, direction), slope) < 1e-7)
        }
    }

    @Test func gradientsOfKeptPassesHaveTheBitsOfFreshOnes() throws {
        let test = PathCase(classes: 3)
        let (subject, fresh) = (try test.subject(), try test.subject())
        let x = try subject.initialPoint(seed: 1)
        let points = try (0..<3).map { moved(x, by: -0.1 * Double($0), along: try fresh.gradient(x).gradient) }
        let expected = try points.map { try fresh.gradient($0) }
        for order in [[0, 1, 0], [0, 1, 1], [0, 1, 2, 1], [0, 1, 2, 0]] {
            let base = Int64(1000 * order.count + order.last!) << 8
            for i in order.dropLast() {
                let value = subject.evaluate(points[i], want: Int(EOS_WANT_VALUE), id: base + Int64(i)).value
                #expect(value == expected[i].value)
            }
            let kept = subject.evaluate(
                points[order.last!], want: Int(EOS_WANT_GRADIENT), id: base + Int64(order.last!))
            #expect(kept.value == expected[order.last!].value)
            #expect(kept.gradient == expected[order.last!].gradient)
        }
    }

    @Test func singlePrecisionAgreesWithDouble() throws {
        for test in [PathCase(), PathCase(classes: 4, units: 6, steps: 7, isRagged: true)] {
            let (single, double) = (try test.subject("dtype=f32"), try test.subject())
            let x = try single.initialPoint(seed: 3)
            let y = try double.initialPoint(seed: 3)
            #expect(relativeError(x, y) < 1e-7)
            #expect(try single.value(x) == double.value(x))
            let (a, b) = (try single.gradient(x).gradient, try double.gradient(x).gradient)
            #expect(relativeError(a, b) < 1e-7)
            #expect(try single.measure(x) == double.measure(x))
        }
    }

    @Test(arguments: [
        ("units=5", ["sigma is missing"]),
        ("units=5 sigma=0", ["sigma = 0", "out of range", "1e-09"]),
        ("units=5 sigma=-1", ["sigma = -1", "out of range"]),
        ("sigma=1", ["units is missing"]),
        ("units=0 sigma=1", ["units = 0", "out of range"]),
        ("units=5 sigma=1 time=0", ["time = 0", "out of range"]),
        ("units=5 sigma=1 steps=0", ["steps = 0", "out of range"]),
        ("units=5 sigma=1 classes=1", ["classes = 1", "out of range"]),
        ("units=5 sigma=1 constrain=6", ["constrain = 6", "true or false"]),
        ("units=5 sigma=1 dtype=f16", ["dtype = \"f16\"", "f64, f32"]),
        ("units=5 sigma=1 eps=.3", ["unknown key eps"]),
        ("units=5 sigma=1 data.generator=clusters", ["table of 16 features", "data.channels"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        let data = settings.contains("data.") ? " data.train=20" : " data.generator=noisy-sine data.train=20"
        expectRefusal("path-rnn", settings + data, status: Int(EOS_E_CONFIG), saying: fragments)
    }

    @Test func fewerClassesThanTheDataHaveAreRefused() {
        let test = PathCase(classes: 4)
        expectRefusal(
            "path-rnn", test.settings + " classes=3", status: Int(EOS_E_CONFIG),
            saying: ["classes = 3", "the data have 4"])
    }

    @Test(arguments: ["units=10000 steps=2000000000", "units=10000 steps=200000 classes=1000"])
    func sizesBeyondMemoryAreRefused(settings: String) {
        expectRefusal(
            "path-rnn", settings + " sigma=1 data.generator=noisy-sine data.train=20", status: Int(EOS_E_MEMORY),
            saying: [])
    }
}
