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
        "objective.plugin=bowl", "policy.name=constant", "policy.step=1e-3", "stop.iterations=1200",
        "stop.gradient_norm=0", "checkpoint.every_seconds=0.05", "restart.delay=0", "restart.limit=100",
    ]

    /// A bowl whose gradient is too large by a factor, as a file.
    private func bowl(_ factor: String) throws -> String {
        try BuiltFixture.build(
            "Tests/Fixtures/misbehaving.c", ["-DNAME=\"bowl\"", "-DSECONDS=0.003", "-DFACTOR=\(factor)"])
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
        let reference = try await lab.submit(Self.overrides, name: "reference").id
        let id = try await lab.submit(Self.overrides).id
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
        going = try await lab.going(id, beyond: going.summary.iterations + 20)
        kill(pid_t(try #require(going.pid)), SIGKILL)
        let whole = try await outcome(lab, reference)
        let resumed = try await outcome(lab, id)
        #expect(try #require(lab.supervisor.report(of: id)).restarts == 1)
        #expect(resumed.differences(from: whole).isEmpty, "\(resumed.differences(from: whole))")

        if change == .deleted {
            await #expect(throws: (any Error).self) { try await lab.submit(Self.overrides) }
        } else {
            let next = try await lab.submit(Self.overrides, name: "next").id
            #expect(try await outcome(lab, next).rows != whole.rows)
        }
    }

    /// Without a restart of anything.
    @Test func aPluginIsDroppedIn() async throws {
        let lab = try Lab()
        await #expect(throws: (any Error).self) { try await lab.submit(Self.overrides) }
        try FileManager.default.copyItem(atPath: try bowl("1"), toPath: "\(lab.plugins)/bowl.so")
        _ = try await outcome(lab, try await lab.submit(Self.overrides).id)
    }
}
