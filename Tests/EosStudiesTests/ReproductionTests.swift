import CEos
import EosCore
import EosJSON
import EosRunModel
import EosRuns
import Foundation
import RunTestSupport
import Synchronization
import TestSupport
import Testing

import EosStudies

/// Of studies as a whole: what is done, what is not done again, what becomes of interruptions.
@Suite(.serialized, .enabled(if: isInstalled("gnuplot"), "gnuplot is not installed"))
struct ReproductionTests {
    private let place: TemporaryDirectory
    private var out: String { place.path + "/out" }

    init() throws { place = try TemporaryDirectory() }

    /// Does it all and gives what was done.
    @discardableResult
    private func reproduce(_ study: Tiny, _ progress: (StudyProgress) -> Void = { _ in }) throws -> Reproduction
        .Summary?
    {
        try Reproduction(study, .quick, in: out).run(jobs: 2, progress: progress)
    }

    private func states(_ key: String) throws -> [RunState] {
        try RunDatabase.open(RunDirectory.open("\(out)/runs/\(key)"), readOnly: true).states().map(\.state)
    }

    @Test("a study gives a report, tables and figures; done again, nothing is")
    func twice() throws {
        let study = Tiny()
        let summary = try #require(try reproduce(study))
        #expect(summary.broken.isEmpty, "\(summary.broken)")
        #expect(study.calls.value == 2)
        // A divergence is a result.
        #expect(try states("steady").last == .budgetExhausted)
        #expect(try states("diverging").last == .failed)
        for name in ["report.md", "tables/runs.csv", "tables/runs.md", "figures/losses.svg", "figures/losses.png"] {
            #expect(FileManager.default.fileExists(atPath: "\(out)/\(name)"), "\(name)")
        }
        let table = try String(contentsOfFile: "\(out)/tables/runs.csv", encoding: .utf8).split(separator: "\n")
        try #require(table.count == 3)
        #expect(table[2].hasPrefix("diverging,") && table[2].hasSuffix(",diverged"))

        let before = try states("steady")
        let again = try Reproduction(study, .quick, in: out)
        #expect(again.doneAlready == 4)
        _ = try again.run(jobs: 2)
        #expect(study.calls.value == 2)
        #expect(try states("steady") == before)
    }

    @Test("the report holds claims against measurements")
    func report() throws {
        let summary = try #require(try reproduce(Tiny()))
        let text = try String(contentsOfFile: summary.report, encoding: .utf8)
        for part in [
            "# A tiny study", "Nobody, 2026", "`eos reproduce tiny --quick`", "4 experiments",
            "| squares are even | paper              | [0.0, 1.0, 4.0, 9.0] | **no**      |",
            "a \\| b", "| not decided |", "figures/losses.svg", "tables/runs.csv", "- It is tiny.",
        ] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
        #expect(!text.contains("gave no result"))
    }

    @Test("numbers that JSON does not have come back as they were")
    func oddNumbers() throws {
        try reproduce(Tiny())
        let output = try OutputDirectory(out, study: "tiny", scale: .quick)
        let path = ComputedResult.path("squares", in: output)
        let stamp = try #require(JSONText(reading: FileManager.default.contents(atPath: path)!)["stamp"]?.string)
        let numbers = try #require(ComputedResult("squares", in: output, stamp: stamp)).numbers
        #expect(numbers["squares"] == [0, 1, 4, 9])
        #expect(numbers["odd"]![0].isNaN && numbers["odd"]![1...] == [.infinity, -.infinity])
        #expect(ComputedResult("squares", in: output, stamp: stamp + ".") == nil)
    }

    @Test("what has changed is done anew, and nothing else")
    func changed() throws {
        try reproduce(Tiny())
        let changed = Tiny(iterations: 50)
        try reproduce(changed)
        #expect(changed.calls.value == 0)
        #expect(try RunReport.read(RunDirectory.open("\(out)/runs/steady")).summary.numbers.iteration == 50)
        let diverging = try states("diverging")
        let revised = Tiny(revision: 2, iterations: 50)
        try reproduce(revised)
        #expect(revised.calls.value == 2)
        #expect(try states("diverging") == diverging)
    }

    @Test("an experiment that throws is named in the report, the others are done, and it is tried again")
    func broken() throws {
        let failing = Tiny(extra: { (_) throws(EosError) in throw EosError(EOS_E_FAILED, "no luck; try tomorrow") })
        let summary = try #require(try reproduce(failing))
        #expect(summary.broken.map(\.key) == ["trained"])
        let text = try String(contentsOfFile: summary.report, encoding: .utf8)
        #expect(text.contains("1 gave no result"))
        #expect(text.contains("`trained`: no luck; try tomorrow"))
        let repaired = Tiny()
        #expect(try #require(try reproduce(repaired)).broken.isEmpty)
        #expect(repaired.calls.value == 1)
    }

    /// Long enough to be met in its middle; what it takes is a second or two.
    private static let long = 60_000

    /// The same training without any interruption.
    private func undisturbed(_ key: String) throws -> Outcome {
        let other = place.path + "/other"
        _ = try Reproduction(Tiny(iterations: Self.long), .quick, in: other).run(jobs: 2)
        return try Outcome(RunDirectory.open("\(other)/runs/\(key)"))
    }

    private func outcome(_ key: String) throws -> Outcome { try Outcome(RunDirectory.open("\(out)/runs/\(key)")) }

    /// Whether the long training has recorded something.
    private var hasBegun: Bool {
        guard let directory = try? RunDirectory.open("\(out)/runs/steady"),
            let database = try? RunDatabase.open(directory, readOnly: true), let ends = try? database.ends()
        else { return false }
        return ends.last.iteration > 0
    }

    @Test("a worker that is killed is an error of the report; the next time the run goes on")
    func killedWorker() throws {
        var isKilled = false
        let study = Tiny(iterations: Self.long)
        let summary = try reproduce(study) { _ in
            guard !isKilled, hasBegun, let worker = workers(below: out)["steady"]?.first else { return }
            kill(pid_t(worker), SIGKILL)
            isKilled = true
        }
        try #require(isKilled)
        let broken = try #require(summary).broken
        #expect(broken.map(\.key) == ["steady"])
        #expect(broken.first?.reason.contains("SIGKILL") == true, "\(broken)")
        #expect(try #require(try reproduce(study)).broken.isEmpty)
        #expect(try outcome("steady").differences(from: undisturbed("steady")) == [])
    }

    @Test("cancelled, it saves what is under way and goes on from there")
    func cancelled() throws {
        let study = Tiny(iterations: Self.long)
        let reproduction = try Reproduction(study, .quick, in: out)
        let summary = try reproduction.run(jobs: 2) { progress in
            if progress.running.contains("steady"), hasBegun { reproduction.cancel() }
        }
        #expect(summary == nil)
        #expect(workers(below: out).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(out)/report.md"))
        // Not from the start.
        let checkpoint = try #require(try outcome("steady").checkpoint)
        #expect(checkpoint > 0 && checkpoint < Self.long)
        withExtendedLifetime(reproduction) {}
    }
}

/// Directories and data that are not what they should be, before anything is done.
@Suite(.enabled(if: isInstalled("gnuplot"), "gnuplot is not installed"))
struct RefusalTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func error(_ study: Tiny, _ scale: Scale = .quick, in name: String = "out") -> String {
        do throws(EosError) {
            _ = try Reproduction(study, scale, in: "\(place.path)/\(name)")
            return "nothing was refused"
        } catch {
            return "\(error)"
        }
    }

    @Test("a directory of something else is refused")
    func foreign() throws {
        try FileManager.default.createDirectory(atPath: place.path + "/mine", withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(filePath: place.path + "/mine/letter.txt"))
        #expect(error(Tiny(), in: "mine").contains("this directory has other contents"))
        #expect(error(Tiny(), in: "mine/letter.txt").contains("can't be created"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/mine") == ["letter.txt"])
    }

    @Test("one of another scale, and one in which another process works")
    func taken() throws {
        let first = try Reproduction(Tiny(), .quick, in: place.path + "/out")
        #expect(error(Tiny()).contains("another eos reproduce uses this directory"))
        withExtendedLifetime(first) {}
    }

    @Test("one of the other scale")
    func scale() throws {
        _ = try Reproduction(Tiny(), .quick, in: place.path + "/out")
        #expect(error(Tiny(), .full).contains("belongs to eos reproduce tiny (quick)"))
        try Data("{".utf8).write(to: URL(filePath: place.path + "/out/reproduction.json"))
        #expect(error(Tiny()).contains("damaged"))
    }

    @Test("missing data is named, with the variable that says where it is")
    func data() {
        let message = error(Tiny(files: ["nowhere/at.all"]))
        #expect(message.contains("nowhere/at.all") && message.contains("EOS_DATA_DIR"), "\(message)")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/out"))
    }

    @Test("keys that name no file, or the same one")
    func keys() {
        func error(_ keys: String...) -> Bool {
            (try? Experiment.check(keys.map { Experiment($0, run: "") })) == nil
        }
        #expect(error("a/b") && error("") && error(".a") && error("a b") && error("a", "a"))
        #expect(!error("a", "b-2.5_c"))
    }
}

/// The process that reproduces is killed: its worker goes on, and the next process takes over what it finds.
@Suite(.enabled(if: isInstalled("gnuplot"), "gnuplot is not installed"))
struct KilledTests {
    private static let variable = "EOS_TEST_KILLED_STUDY"
    private static let iterations = 60_000

    @Test("killed in the middle, it goes on without doing anything twice")
    func killed() async throws {
        let place = try TemporaryDirectory()
        let out = place.path + "/out"
        setenv(Self.variable, out, 1)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let out = String(cString: getenv(KilledTests.variable))
            _ = try Reproduction(Tiny(iterations: KilledTests.iterations), .quick, in: out).run(jobs: 2) { progress in
                if progress.done == 3, workers(below: out)["steady"] != nil { kill(getpid(), SIGKILL) }
            }
        }
        unsetenv(Self.variable)
        #expect(!FileManager.default.fileExists(atPath: "\(out)/report.md"))
        let study = Tiny(iterations: Self.iterations)
        let again = try Reproduction(study, .quick, in: out)
        #expect(again.doneAlready >= 3)
        let summary = try #require(try again.run(jobs: 2))
        #expect(summary.broken.isEmpty, "\(summary.broken)")
        #expect(study.calls.value == 0)
        let other = place.path + "/other"
        _ = try Reproduction(study, .quick, in: other).run(jobs: 2)
        let (mine, theirs) = (
            try Outcome(RunDirectory.open("\(out)/runs/steady")), try Outcome(RunDirectory.open("\(other)/runs/steady"))
        )
        #expect(mine.differences(from: theirs) == [])
        #expect(workers(below: out).isEmpty)
    }
}
