import ArgumentParser
import EosAnalysis
import EosCore
import EosJSON

struct AnalyzePaths: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paths", abstract: "Measure the accuracy and the robustness of a trained path-rnn.",
        usage: "eos analyze <run> paths [<options>]",
        discussion: """
            The command analyses a run of path-rnn at its last intact checkpoint, in the terms of arXiv 2108.03090. It \
            uses the test paths, or the training paths if there are no test paths. It prints

              - the accuracy with the noise of the training, with other noise and under attack,
              - the accuracy and the error of the mean if only a partial signature of the
                path is known, for each order,
              - the generalisation bound and its parts,
              - the same accuracy from the differential equation and from simulated paths.
            """)

    @ParentCommand var analysis: Analyze

    @Option(parsing: .upToNextOption, help: ArgumentHelp("L2 norms of the attacks.", valueName: "norm"))
    var attack: [Double] = PathReport.Settings().attacks

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Noise during the test, as multiples of the network's sigma.", valueName: "factor"))
    var noise: [Double] = PathReport.Settings().noises

    @Option(help: ArgumentHelp("Largest order of the partial signature.", valueName: "k"))
    var order = PathReport.Settings().largestOrder

    @Option(help: ArgumentHelp("Number of paths to simulate; 0 simulates none.", valueName: "n"))
    var draws = PathReport.Settings().draws

    @Option(help: ArgumentHelp("Seed of the simulation.", valueName: "n"))
    var seed: UInt64 = PathReport.Settings().seed

    @Option(help: ArgumentHelp("Probability that the generalisation bound fails.", valueName: "p"))
    var delta = PathReport.Settings().delta

    func validate() throws {
        for norm in attack where !(norm >= 0 && norm.isFinite) {
            throw ValidationError("--attack is \(norm); give a finite number of at least 0")
        }
        for factor in noise where !(factor >= 0 && factor.isFinite) {
            throw ValidationError("--noise is \(factor); give a finite number of at least 0")
        }
        if !(0...150).contains(order) { throw ValidationError("--order is \(order); give 0 to 150") }
        if !(0...100_000_000).contains(draws) { throw ValidationError("--draws is \(draws); give 0 to 100000000") }
        if !(delta > 0 && delta < 1) { throw ValidationError("--delta is \(delta); give a number above 0 and below 1") }
    }

    func run() throws {
        let analysed = try analysis.open()
        let run = try fromUser { () throws(EosError) in try PathRun(analysed) }
        var settings = PathReport.Settings()
        settings.attacks = attack
        settings.noises = noise
        settings.largestOrder = order
        settings.draws = draws
        settings.seed = seed
        settings.delta = delta
        let report = PathReport(run, settings)
        try Console.print(
            analysis.json
                ? Self.describe(run, report).text : Self.lines(run, report, settings).joined(separator: "\n"))
    }

    private static func lines(_ run: PathRun, _ report: PathReport, _ settings: PathReport.Settings) -> [String] {
        let network = run.network
        let where_ = report.isTested ? "\(run.testing!.count) test paths" : "\(run.training.count) training paths"
        var lines = [
            "iteration \(run.iteration): \(network.units) units, \(run.training.channels) channels, \(network.classes) "
                + "classes, \(run.training.steps) steps of \(short(run.training.dt)), sigma \(short(network.sigma))",
            "|W| \(short(network.recurrent.frobeniusNorm)), |A| \(short(network.input.frobeniusNorm))"
                + (run.isConstrained
                    ? " (parameters: \(short(run.parameters.recurrent.frobeniusNorm)) and "
                        + "\(short(run.parameters.input.frobeniusNorm)))" : ""),
            "",
            "on \(where_):",
            "  expected accuracy        \(short(report.accuracy)) (training \(short(report.trainingAccuracy)))",
            "  without noise            \(short(report.noiseFreeAccuracy))",
            "  differential equation    \(short(report.exactAccuracy))",
        ]
        if let simulated = report.simulated {
            lines.append(
                "  simulated                \(short(simulated.accuracy)) +- \(short(simulated.error)) "
                    + "(\(settings.draws) draws, seed \(settings.seed))")
        }
        lines.append("  Lipschitz constant       \(short(report.lipschitz))")
        lines += ["", "accuracy by noise during the test (multiples of sigma):"]
        lines += report.noises.map { "  \(column($0.factor))  \(short($0.accuracy))" }
        lines += ["", "accuracy under attack (L2 norm):"]
        lines += report.attacks.map { "  \(column($0.norm))  \(short($0.accuracy))" }
        lines += ["", "partial signature (order, error of the mean, accuracy):"]
        lines += report.signature.map { "  \(column(Double($0.order)))  \(column($0.error))  \(short($0.accuracy))" }
        lines += [
            "",
            "generalisation bound, on \(run.training.count) training paths, with probability "
                + "\(short(1 - settings.delta)):",
            "  \(short(report.bound.total)) = loss \(short(report.bound.empirical)) + complexity "
                + "\(short(report.bound.complexity)) + \(short(report.bound.confidence))",
            "  (valid only if W and A do not depend on the training paths and beta = 0)",
        ]
        return lines
    }

    private static func short(_ value: Double) -> String { ProgressDisplay.short(value) }

    private static func column(_ value: Double) -> String {
        let text = short(value)
        return text + String(repeating: " ", count: max(0, 9 - text.count))
    }

    private static func describe(_ run: PathRun, _ report: PathReport) -> JSONText {
        let network = run.network
        let simulated: JSONText =
            report.simulated.map { ["accuracy": .number($0.accuracy), "standard_error": .number($0.error)] } ?? .null
        return [
            "iteration": .integer(run.iteration), "units": .integer(network.units),
            "channels": .integer(network.channels), "classes": .integer(network.classes),
            "steps": .integer(run.training.steps), "time": .number(run.training.duration),
            "sigma": .number(network.sigma), "constrained": .bool(run.isConstrained),
            "norms": [
                "W": .number(network.recurrent.frobeniusNorm), "A": .number(network.input.frobeniusNorm),
            ],
            "tested_on": .string(report.isTested ? "test" : "train"),
            "training_accuracy": .number(report.trainingAccuracy), "expected_accuracy": .number(report.accuracy),
            "noise_free_accuracy": .number(report.noiseFreeAccuracy),
            "exact_accuracy": .number(report.exactAccuracy), "simulated": simulated,
            "lipschitz": .number(report.lipschitz),
            "noise": .array(
                report.noises.map { ["factor": .number($0.factor), "accuracy": .number($0.accuracy)] }),
            "attack": .array(report.attacks.map { ["norm": .number($0.norm), "accuracy": .number($0.accuracy)] }),
            "signature": .array(
                report.signature.map {
                    ["order": .integer($0.order), "error": .number($0.error), "accuracy": .number($0.accuracy)]
                }),
            "bound": [
                "total": .number(report.bound.total), "empirical": .number(report.bound.empirical),
                "complexity": .number(report.bound.complexity), "confidence": .number(report.bound.confidence),
            ],
        ]
    }
}
