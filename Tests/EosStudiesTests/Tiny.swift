import EosCore
import Foundation
import Synchronization
import TestSupport

import EosStudies

/// A study of some seconds: two trainings, one of which diverges, and computations.
struct Tiny: Study {
    let name = "tiny"
    let title = "A tiny study"
    let citation = "Nobody, 2026"
    let summary = "What the machinery can do."
    var revision = 1
    /// Of the training that ends well.
    var iterations = 40
    var files: [String] = []
    /// What the last computation does beside computing.
    var extra: @Sendable (Laboratory) throws(EosError) -> Void = { (_) throws(EosError) in }
    /// Counts what is computed.
    let calls = Calls()

    final class Calls: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    func minutes(_ scale: Scale) -> Double { 0.1 }
    func dataFiles(_ scale: Scale) -> [String] { files }

    static func spec(_ policy: String, iterations: Int) -> String {
        """
        [objective]
        plugin = "rosenbrock"
        size = 20
        seed = 3
        [policy]
        \(policy)
        [stop]
        iterations = \(iterations)
        loss = 0.0
        gradient_norm = 0.0
        [probes.sharpness]
        every = 10
        """
    }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        [
            Experiment("steady", run: Self.spec("name = \"constant\"\nstep = 0.0001", iterations: iterations)),
            Experiment("diverging", run: Self.spec("name = \"constant\"\nstep = 1000.0", iterations: 2000)),
            Experiment("squares", inputs: ["count": "4"]) { [calls] (_) throws(EosError) in
                calls.add()
                return ["squares": [0, 1, 4, 9], "odd": [.nan, .infinity, -.infinity]]
            },
            Experiment("trained", inputs: ["size": "5"]) { [calls, extra] (laboratory) throws(EosError) in
                calls.add()
                try extra(laboratory)
                let objective = try laboratory.objective("quadratic", "size=5")
                let trainer = try laboratory.trainer(
                    objective, try laboratory.policy("constant", "step=1"), "seed=1 stop.iterations=20")
                try trainer.run(objective)
                return ["loss": [trainer.progress.value]]
            },
        ]
    }

    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        var table = Table("runs", title: "Runs", columns: [.init("run"), .init("loss"), .init("ended")])
        var series: [Series] = []
        for key in ["steady", "diverging"] {
            guard let run = results.run(key) else { continue }
            table.append([.text(key), .number(run.lastLoss), .text(run.diverged ? "diverged" : "in order")])
            series.append(
                Series(key, x: run.losses.indices.map(Double.init), y: run.losses))
        }
        let squares = results.numbers("squares")?["squares"]
        return StudyReport(
            summary: "It works.",
            claims: [
                Claim("squares are even", from: .paper, measured: "\(squares ?? [])", agrees: false),
                Claim("a | b", from: .ours, measured: "yes", agrees: true),
                Claim("nobody knows", from: .recalled, measured: "nothing", agrees: nil),
            ], tables: [table],
            figures: [
                Figure(
                    "losses", caption: "Losses.",
                    panels: [Panel("It's a_loss", x: Axis("iteration"), y: Axis("loss", log: true), series)])
            ], differences: ["It is tiny."])
    }
}

extension TemporaryDirectory {
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}
