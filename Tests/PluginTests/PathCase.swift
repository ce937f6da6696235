import EosAnalysis
import EosCore
import EosData
import Foundation
import Testing

/// A path-rnn over generated paths, or over a file of its own for more than two classes.
struct PathCase: Sendable, CustomTestStringConvertible {
    var classes = 2
    var units = 5
    var sigma = 0.3
    var steps = 12
    var time = 1.0
    var constrain = true
    /// Series of 2 to `steps` steps, in a .ts file.
    var isRagged = false
    var train = 40
    var test = 23

    var testDescription: String {
        "C \(classes), N \(units), K \(steps), T \(time), sigma \(sigma)\(constrain ? "" : ", free")"
            + (isRagged ? ", ragged" : "")
    }

    static let all = [
        PathCase(), PathCase(units: 1, steps: 1), PathCase(sigma: 0.02, time: 2, constrain: false),
        PathCase(units: 40, sigma: 1), PathCase(classes: 3), PathCase(classes: 3, units: 1, constrain: false),
        PathCase(classes: 4, units: 6, sigma: 0.05, steps: 7, time: 0.5, isRagged: true),
        PathCase(classes: 10, units: 4, steps: 5, constrain: false), PathCase(classes: 3, units: 40, time: 3),
    ]

    var settings: String {
        "units=\(units) sigma=\(sigma) time=\(time) constrain=\(constrain)"
            + (isRagged ? " steps=9" : steps == 1 ? " steps=1" : "")
            + " \(data.map { "data.\($0)" }.joined(separator: " "))"
    }

    private var data: [String] {
        let counts = ["train=\(train)", "test=\(test)"]
        if classes == 2, steps > 1 { return ["generator=noisy-sine", "steps=\(steps)"] + counts }
        if isRagged { return ["file=\(write("ts", series()))", "format=ts"] + counts }
        // A single step would be a table.
        let columns = max(steps, 2) * 2
        return ["file=\(write("csv", rows(columns)))", "format=csv", "channels=2"] + counts
    }

    private func rows(_ columns: Int) -> String {
        (0..<train + test).map { i in
            let numbers = (0..<columns).map { "\(Random(seed: 5).normal(UInt64(i * columns + $0)))" }
            return numbers.joined(separator: ",") + ",\(i % classes)\n"
        }.joined()
    }

    private func series() -> String {
        let names = (0..<classes).map { "c\($0)" }
        return "@dimensions 2\n@classLabel true \(names.joined(separator: " "))\n@data\n"
            + (0..<train + test).map { i in
                let channels = (0..<2).map { channel in
                    (0..<2 + i % (steps - 1)).map {
                        "\(Random(seed: 6).normal(UInt64((i * 2 + channel) * steps + $0)))"
                    }.joined(separator: ",")
                }
                return channels.joined(separator: ":") + ":\(names[i % classes])\n"
            }.joined()
    }

    /// A file in the temporary directory that says by its name what it holds.
    private func write(_ format: String, _ text: String) -> String {
        let path =
            FileManager.default.temporaryDirectory.path
            + "/eos-paths-\(ProcessInfo.processInfo.processIdentifier)-\(classes)-\(steps)-\(train)-\(test).\(format)"
        try! text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func subject(_ more: String = "", threads: Int = 1) throws -> Subject {
        try Subject("path-rnn", settings + " " + more, threads: threads)
    }

    /// The network at a point of the subject, and its paths, as the analyses see them.
    func model(_ subject: Subject, at point: [Double]) throws -> (PathNetwork, PathSamples, PathSamples) {
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        let data = try Dataset(configuration, as: .f64)
        let table = data.table.pointee
        let steps = isRagged ? 9 : steps == 1 ? 1 : Int(table.steps)
        let blocks = subject.objective.blocks
        func part(_ index: Int) -> DenseMatrix {
            let (rows, columns) = (blocks[index].shape[0], blocks[index].shape.count > 1 ? blocks[index].shape[1] : 1)
            return DenseMatrix(
                rows: rows, columns: columns,
                Array(point[blocks[index].offset..<blocks[index].offset + rows * columns]))
        }
        let network = try PathNetwork(
            recurrent: part(0), input: part(1), readouts: part(2), biases: part(3).elements, sigma: sigma)
        return (
            constrain ? network.constrained : network,
            PathSamples(data, 0..<train, steps: steps, duration: time),
            PathSamples(data, train..<train + test, steps: steps, duration: time)
        )
    }

    /// The initial point for the seed, or one far from where the constraints hold.
    func points(_ subject: Subject) throws -> [[Double]] {
        let start = try subject.initialPoint(seed: 3)
        let noise = randomVector(start.count, seed: 4)
        return [start, zip(start, noise).map { 1.4 * $0 + 0.4 * $1 }]
    }
}
