import EosRunModel
import EosRuns
import Foundation
import Glibc
import Testing

/// `run.db` of a run of eosd is whole when it is copied alone, whoever recorded its end.
@Suite struct EndedRecordsTests {
    enum End: String, CaseIterable {
        case budget, cancelled, cancelledInTheQueue, killed, paused
    }

    private static let endless = [
        "policy.name=constant", "policy.step=1e-9", "stop.iterations=1000000000000", "restart.limit=0",
    ]

    @Test(arguments: End.allCases) func areWholeAlone(_ end: End) async throws {
        let lab = try Lab(maxRuns: 1)
        var blocker: String?
        if end == .cancelledInTheQueue { blocker = try await lab.submit(Self.endless).id }
        let id = try await lab.submit(end == .budget ? ["stop.iterations=3000"] : Self.endless).id
        switch end {
        case .budget: break
        case .cancelled:
            _ = try await lab.going(id, beyond: 50)
            _ = try await lab.supervisor.perform(.stop, on: id)
        case .cancelledInTheQueue: _ = try await lab.supervisor.perform(.stop, on: id)
        case .killed:
            let going = try await lab.going(id, beyond: 50)
            kill(pid_t(try #require(going.pid)), SIGKILL)
        case .paused:
            _ = try await lab.going(id, beyond: 50)
            _ = try await lab.supervisor.perform(.pause, on: id)
        }
        let expected: RunState =
            switch end {
            case .budget: .budgetExhausted
            case .cancelled, .cancelledInTheQueue: .cancelled
            case .killed: .failed
            case .paused: .paused
            }
        let report = try await lab.wait(id, "\(expected)") { $0.state == expected && $0.pid == nil }
        let directory = try RunDirectory.open(report.summary.directory)
        let alone = try RunDirectory.create(at: "\(lab.home)/alone")
        try FileManager.default.copyItem(atPath: directory.database, toPath: alone.database)
        let (copy, whole) = (
            try RunDatabase.open(alone, readOnly: true), try RunDatabase.open(directory, readOnly: true)
        )
        #expect(try copy.states() == whole.states() && copy.lastState()?.state == expected)
        #expect(try copy.ends()?.last == whole.ends()?.last)
        #expect(try copy.facts() == whole.facts())
        #expect(try copy.lastEventSequence() == whole.lastEventSequence())
        if let started = report.started, let ended = report.ended { #expect(started <= ended) }
        if let blocker { _ = try await lab.supervisor.perform(.stop, on: blocker) }
    }

    /// The copies of a run are what it goes on with, or nothing is.
    @Test func aChangedCopyIsNotGoneOnWith() async throws {
        let lab = try Lab()
        let id = try await lab.submit(Self.endless).id
        _ = try await lab.going(id, beyond: 50)
        _ = try await lab.supervisor.perform(.pause, on: id)
        let report = try await lab.wait(id, "paused") { $0.state == .paused && $0.pid == nil }
        let directory = try RunDirectory.open(report.summary.directory)
        let copies = directory.plugins + "/files"
        let name = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: copies).first { $0.hasSuffix("rosenbrock.so") })
        let file = "\(copies)/\(name)"
        var content = try Data(contentsOf: URL(filePath: file))
        content[content.count - 1] ^= 1
        try FileManager.default.removeItem(atPath: file)
        try content.write(to: URL(filePath: file))
        _ = try await lab.supervisor.perform(.resume, on: id)
        let end = try await lab.end(of: id)
        #expect(end.state == .failed)
        #expect(
            end.summary.reason.contains("its content has changed"), "\(end.summary.reason)")
    }
}
