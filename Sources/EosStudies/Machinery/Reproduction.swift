import CEos
import EosCore
import EosPluginHost
import EosRuns
import Foundation

/// A study and the directory in which it is done: experiments, then tables, figures and the report.
public final class Reproduction: Sendable {
    /// What came of it.
    public struct Summary: Sendable {
        /// Path of `report.md`.
        public let report: String
        public let claims: [Claim]
        /// Experiments that gave no result, with the reason.
        public let broken: [(key: String, reason: String)]
        public let figures: Int
        public let tables: Int
    }

    public let study: any Study
    public let scale: Scale
    /// Absolute.
    public let directory: String
    public let experiments: Int
    private let output: OutputDirectory
    private let gnuplot: Gnuplot
    private let runner: Runner
    private let cancelled = Cancellation()

    /// Looks whether everything is there that will be needed, and what has been done before.
    ///
    /// - Parameters:
    ///   - path: is made, or was made by the same study at the same scale.
    ///   - workbench: where objectives and policies come from.
    /// - Throws: `EOS_E_NOT_FOUND` where gnuplot or data is missing; `EOS_E_INVALID` for a directory that is something
    ///   else's; `EOS_E_STATE` where another process works in it; what a wrong spec throws.
    public convenience init(
        _ study: any Study, _ scale: Scale, in path: String, workbench: @autoclosure () -> Workbench = Workbench()
    ) throws(EosError) {
        try self.init(study, scale, in: path, workbench: workbench(), gnuplot: try Gnuplot())
    }

    init(
        _ study: any Study, _ scale: Scale, in path: String, workbench: @autoclosure () -> Workbench, gnuplot: Gnuplot
    ) throws(EosError) {
        self.study = study
        self.scale = scale
        self.gnuplot = gnuplot
        try Self.checkData(study, scale)
        let experiments = try study.experiments(scale)
        try Experiment.check(experiments)
        self.experiments = experiments.count
        output = try OutputDirectory(path, study: study.name, scale: scale)
        directory = output.path
        runner = try Runner(study, experiments, output, workbench(), cancelled)
    }

    /// Experiments that were done before.
    public var doneAlready: Int { runner.doneAlready }

    /// Does what is left and writes everything.
    ///
    /// - Parameters:
    ///   - jobs: experiments at a time.
    ///   - progress: hears five times a second how far it is, on this thread.
    /// - Returns: nil where it was cancelled: begun again, it goes on where it was.
    public func run(
        jobs: Int = availableProcessors(), progress: (StudyProgress) -> Void = { _ in }
    ) throws(EosError) -> Summary? {
        guard let results = try runner.run(atMost: jobs, progress) else { return nil }
        let report = try study.report(results, scale)
        for table in report.tables {
            try OutputDirectory.write(table.csv, to: "\(output.tables)/\(table.name).csv")
            try OutputDirectory.write(table.markdown, to: "\(output.tables)/\(table.name).md")
        }
        for figure in report.figures {
            try OutputDirectory.write(FigureScript(figure).text, to: "\(output.figures)/\(figure.name).gnuplot")
            try gnuplot.draw("\(figure.name).gnuplot", in: output.figures)
        }
        let text = ReportText(study: study, scale: scale, report: report, results: results, total: experiments)
        try OutputDirectory.write(text.text, to: output.report)
        return Summary(
            report: output.report, claims: report.claims, broken: results.broken, figures: report.figures.count,
            tables: report.tables.count)
    }

    /// Ends `run` soon, from any thread: trainings are saved, computations are not waited for.
    public func cancel() { cancelled.cancel() }

    private static func checkData(_ study: any Study, _ scale: Scale) throws(EosError) {
        let files = study.dataFiles(scale)
        guard !files.isEmpty else { return }
        guard let place = PluginSearchPath.variable("EOS_DATA_DIR") else {
            throw EosError(
                EOS_E_NOT_FOUND,
                "eos reproduce \(study.name) reads \(files.joined(separator: ", ")); set EOS_DATA_DIR to the directory "
                    + "that contains them")
        }
        let missing = files.filter { access("\(place)/\($0)", R_OK) != 0 }
        guard missing.isEmpty else {
            throw EosError(
                EOS_E_NOT_FOUND,
                "eos reproduce \(study.name) reads \(missing.joined(separator: ", ")), which are not readable in "
                    + "EOS_DATA_DIR (\(place)); put them there, or set EOS_DATA_DIR to their directory")
        }
    }
}

/// How far a reproduction is.
public struct StudyProgress: Sendable {
    public let study: String
    /// Experiments.
    public let done: Int
    public let total: Int
    public let broken: Int
    /// Keys of those under way.
    public let running: [String]
    /// Of the work, from 0 to 1.
    public let share: Double
    /// nil: nothing can be said yet.
    public let secondsLeft: Double?
}
