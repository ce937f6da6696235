import ArgumentParser
import EosCore
import EosPluginHost
import EosStudies
import Foundation

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Repeat the experiments of a paper and check its claims.",
        discussion: """
            The command runs the experiments of a study, one at a time on each processor. It writes report.md, which \
            shows each claim of the paper beside the measurement and says whether they agree. The report has tables \
            (CSV and Markdown) and figures (SVG and PNG, drawn by gnuplot). Everything is in one directory: \
            ./reproduce/<study>, ./reproduce/<study>-quick with --quick, or the directory given by --out.

            Ctrl-C saves the current state. The same command continues from there, also after a kill. It does not \
            repeat finished experiments unless the study, eos or a plugin has changed. Trainings are run directories \
            in runs/, for eos export, eos compare and eos sharpness.

            An experiment that diverges is a result. An experiment that crashes is named at the end of the report, and \
            the exit status is 1. A claim that does not hold is not a failure.

            STUDIES
            \(Studies.all.map { "  \($0.name): \($0.title)" }.joined(separator: "\n"))
            """)

    @Argument(
        help: ArgumentHelp("The study: \(Studies.all.map(\.name).joined(separator: ", ")).", valueName: "study"),
        completion: .list(Studies.all.map(\.name)))
    var name: String

    @Flag(help: "Run fewer and shorter experiments, in less than two minutes on two processors.")
    var quick = false

    @Option(help: ArgumentHelp("Directory for all results.", valueName: "dir"), completion: .directory)
    var out: String?

    @Option(
        help: ArgumentHelp("Number of experiments at a time. The default is the number of processors.", valueName: "n"))
    var jobs: Int?

    mutating func validate() throws {
        guard Studies.named(name) != nil else {
            let known = Studies.all.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no study \(quoted(name)); give one of \(known)")
        }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); give 1 to 1024") }
    }

    func run() throws {
        Interrupts.admit()
        try Ending.watchPlugins()
        let study = Studies.named(name)!
        let scale: Scale = quick ? .quick : .full
        let place = out ?? "reproduce/\(study.name)" + (quick ? "-quick" : "")
        let jobs = jobs ?? availableProcessors()
        let reproduction = try fromUser { () throws(EosError) in try Reproduction(study, scale, in: place) }
        begin(reproduction, jobs)
        let interrupts = Interrupts { @Sendable _ in
            reproduction.cancel()
            Console.note("saving the current state; a second Ctrl-C ends at once")
        }
        var display = StudyDisplay()
        let summary = try reproduction.run(jobs: jobs) { display.show($0) }
        display.clear()
        guard let summary else {
            let again = "eos reproduce \(study.name)" + (quick ? " --quick" : "") + (out.map { " --out \($0)" } ?? "")
            Console.note("finished experiments are saved; continue with: \(again)")
            throw ExitCode(128 + (interrupts.signal ?? 2))
        }
        try finish(summary)
    }

    private func begin(_ reproduction: Reproduction, _ jobs: Int) {
        let minutes = reproduction.study.minutes(reproduction.scale)
        var line =
            "\(reproduction.study.name), \(reproduction.scale.rawValue): \(reproduction.experiments) experiments, "
        line += "about \(minutes.significant(2)) min on two processors; \(jobs) run at a time here"
        let done = reproduction.doneAlready
        if done > 0 { line += "; \(done) are finished already" }
        Console.note(line)
        Console.note("in \(reproduction.directory)")
    }

    private func finish(_ summary: Reproduction.Summary) throws {
        for claim in summary.claims {
            let verdict = claim.agrees.map { $0 ? "agrees" : "DISAGREES" } ?? "undecided"
            try Console.print("\(verdict.padding(toLength: 10, withPad: " ", startingAt: 0)) \(claim.statement)")
            try Console.print("           measured: \(claim.measured)")
        }
        try Console.print("\(summary.report)")
        guard summary.broken.isEmpty else {
            for (key, reason) in summary.broken { Console.error("\(key): \(reason)") }
            throw Failure(
                "\(summary.broken.count) experiments gave no result; repeat the command to try them again",
                ExitStatus.failure)
        }
    }
}
