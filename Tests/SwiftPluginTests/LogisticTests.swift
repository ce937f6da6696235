import EosPluginHost
import Foundation
import Testing

@Suite struct LogisticTests {
    /// A host that finds `text` as samples.csv.
    private func host(_ text: String, _ body: (Host) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(text.utf8).write(to: directory.appending(path: "samples.csv"))
        try body(Host(dataDirectories: [directory.path]))
    }

    @Test func atZeroEverySampleIsUndecided() throws {
        let objective = try BuiltObjective("logistic")
        let start = objective.initialPoint()
        #expect(start == [0, 0])
        #expect(abs(objective.value(start) - log(2)) < 1e-14)
        #expect(try objective.measure(start) == ["train_accuracy": 0, "margin": 0])
    }

    @Test(arguments: [(2, 200, 0.1), (30, 50, 0.5), (1, 10, 0.0)])
    func theSeparableSamplesHaveTheirMargin(dimension: Int, samples: Int, margin: Double) throws {
        let objective = try BuiltObjective(
            "logistic", "dimension=\(dimension) samples=\(samples) margin=\(margin) generator_seed=3")
        // The documented normal of the plane: the first numbers of the stream.
        let host = Host()
        var normal = [Double](repeating: 0, count: dimension)
        host.table.pointee.random_normal(host.table, 3, 0, Int64(dimension), &normal)
        let metrics = try objective.measure(normal)
        #expect(metrics["train_accuracy"] == 1)
        let found = try #require(metrics["margin"])
        #expect(found >= margin - 1e-12 && found < margin + 0.3)
        #expect(try objective.measure(normal.map { -$0 })["train_accuracy"] == 0)
    }

    @Test func hugeWeightsStayFinite() throws {
        let objective = try BuiltObjective("logistic")
        for scale in [1e3, 1e6, -1e6, 1e150] {
            let answer = objective.evaluate([scale, -scale])
            #expect(answer.value.isFinite && answer.value >= 0 && answer.gradient.allSatisfy(\.isFinite))
            #expect(try objective.curvature([scale, -scale], times: [1, 1]).allSatisfy(\.isFinite))
        }
    }

    @Test func samplesOfAFile() throws {
        try host("3,0,0\n0,1,1\n-1,1,1\n2,0,0\n1,2,0\n") { host in
            let keys = "data.file=samples.csv data.format=csv data.train=3 data.test=2"
            let objective = try BuiltObjective("logistic", keys, host: host)
            // The mean of -y x / 2 over (3, 0) of class 0, (0, 1) and (-1, 1) of class 1.
            #expect(distance(objective.evaluate([0, 0]).gradient, [4.0 / 6, -2.0 / 6]) < 1e-15)
            let value = objective.value([-1, 1])
            let expected = (log1p(exp(-3.0)) + log1p(exp(-1.0)) + log1p(exp(-2.0))) / 3
            #expect(abs(value - expected) < 1e-15)
            let metrics = try objective.measure([-1, 1])
            #expect(metrics["train_accuracy"] == 1 && metrics["test_accuracy"] == 0.5)
            #expect(abs(try #require(metrics["margin"]) - 1 / 2.0.squareRoot()) < 1e-15)
        }
    }

    @Test func badKeysAndDataAreRefused() throws {
        try host("1,2,0\n3,4,1\n5,6,2\n") { host in
            let keys = "data.file=samples.csv data.format=csv"
            let three = Built.refusal("logistic", keys, host: host)
            #expect(three.hasPrefix("logistic: the data have 3 classes; give data with two classes"))
            let both = Built.refusal("logistic", keys + " margin=0.2", host: host)
            #expect(both.contains("margin is for generated samples"))
            let missing = Built.refusal("logistic", "data.file=nothing.csv data.format=csv", host: host)
            #expect(missing.hasPrefix("logistic: ") && missing.contains("nothing.csv"))
        }
        #expect(Built.refusal("logistic", "samples=0").contains("samples = 0 is out of range"))
        #expect(Built.refusal("logistic", "margin=-1").contains("margin = -1 is out of range"))
        #expect(Built.refusal("logistic", "sample=3").contains("did you mean samples?"))
        let large = Built.refusal("logistic", "samples=4000000000000000000 dimension=4")
        #expect(large.contains("exceeds the memory"))
    }
}
