import EosRuns
import Foundation
import RunTestSupport
import TestSupport
import Testing

/// Plugins that change on disk while runs of theirs are going.
@Suite struct ReplacedPluginTests {
    enum Change: String, CaseIterable {
        case copiedOver, renamedOver, deleted
    }

    private static let overrides = [
        "objective.plugin=bowl", "policy.name=constant", "policy.step=1e-3", "stop.gradient_norm=0",
        "checkpoint.every_seconds=0.05", "restart.delay=0", "restart.limit=100",
    ]

    /// A bowl whose gradient is too large by a factor, as a file.
    private func bowl(_ factor: String) throws -> String {
        try BuiltFixture.build(
            "Tests/Fixtures/misbehaving.c", ["-DNAME=\"bowl\"", "-DSECONDS=0.002", "-DFACTOR=\(factor)"])
    }

    private func outcome(_ lab: Lab, iterations: Int) async throws -> Outcome {
        try await outcome(lab, try await lab.submit(Self.overrides + ["stop.iterations=\(iterations)"]).id)
    }

    private func outcome(_ lab: Lab, _ id: String) async throws -> Outcome {
        let report = try await lab.end(of: id)
        #expect(report.state == .budgetExhausted, "\(report.summary.reason)")
        return try Outcome(try RunDirectory.open(report.summary.directory))
    }

    @Test(arguments: Change.allCases) func aGoingRunKeepsItsPlugin(_ change: Change) async throws {
        let lab = try Lab()
        let files = FileManager.default
        let place = "\(lab.plugins)/bowl.so"
        let (old, new) = (try bowl("1"), try bowl("2"))
        try files.copyItem(atPath: old, toPath: place)
        let id = try await lab.submit(Self.overrides + ["stop.iterations=1000000000"]).id
        var going = try await lab.going(id, beyond: 20)
        switch change {
        case .copiedOver:
            // Not removed first: the bytes of the file itself change.
            #expect(try run("cp '\(new)' '\(place)'").status == 0)
        case .renamedOver:
            try files.copyItem(atPath: new, toPath: "\(lab.home)/new.so")
            #expect(rename("\(lab.home)/new.so", place) == 0)
        case .deleted: try files.removeItem(atPath: place)
        }
        // It goes on, and again after its worker was lost.
        going = try await lab.going(id, beyond: going.summary.numbers.iteration + 20)
        kill(pid_t(try #require(going.pid)), SIGKILL)
        _ = try await lab.wait(id, "restarted") { $0.state == .running && $0.restarts == 1 }
        let again = try await lab.going(id, beyond: going.summary.numbers.iteration)
        // It must not have come that far before it hears of it.
        let last = again.summary.numbers.iteration + 2000
        _ = try await lab.supervisor.set(["stop.iterations=\(last)"], on: id)
        let resumed = try await outcome(lab, id)

        let other = try Lab()
        try files.copyItem(atPath: old, toPath: "\(other.plugins)/bowl.so")
        let whole = try await outcome(other, iterations: last)
        #expect(resumed.differences(from: whole).isEmpty, "\(resumed.differences(from: whole))")
        if change == .deleted {
            await #expect(throws: (any Error).self) { try await lab.submit(Self.overrides) }
        } else {
            // The next run has the new one.
            let next = try await outcome(lab, iterations: 10)
            #expect(next.rows[10] != whole.rows[10])
        }
    }

    /// Without a restart of anything.
    @Test func aPluginIsDroppedIn() async throws {
        let lab = try Lab()
        await #expect(throws: (any Error).self) { try await lab.submit(Self.overrides) }
        try FileManager.default.copyItem(atPath: try bowl("1"), toPath: "\(lab.plugins)/bowl.so")
        _ = try await outcome(lab, iterations: 10)
    }

    /// Its copy lies elsewhere, and its libraries do not.
    @Test func aPluginThatLooksBesideItselfIsLoadedFromWhereItIs() async throws {
        let lab = try Lab()
        let libraries = "\(lab.plugins)/lib"
        try FileManager.default.createDirectory(atPath: libraries, withIntermediateDirectories: true)
        let made = try run(
            "echo 'int eos_test_beside(void) { return 1; }' | cc -shared -fPIC -x c - -o '\(libraries)/libbeside.so'")
        #expect(made.status == 0, "\(made.output)")
        let plugin = try BuiltFixture.build(
            "Tests/Fixtures/misbehaving.c",
            [
                "-DNAME=\"beside\"", "-L\(libraries)", "-Wl,--no-as-needed", "-lbeside", "-Wl,-rpath,$ORIGIN/lib",
            ])
        try FileManager.default.copyItem(atPath: plugin, toPath: "\(lab.plugins)/beside.so")
        let id = try await lab.submit(["objective.plugin=beside", "stop.iterations=5"]).id
        let report = try await lab.end(of: id)
        #expect(report.state == .budgetExhausted || report.state == .converged, "\(report.summary.reason)")
    }
}
