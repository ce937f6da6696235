import EosRunModel
import EosRuns
import Foundation
import RunTestSupport
import Synchronization
import Testing

/// Workers that are killed in the middle of whatever they do.
@Suite struct KillTests {
    private static let kills = 100

    @Test func killedRunsEndWithTheSameBits() async throws {
        var chance = Chance()
        print("KillTests: EOS_TEST_SEED=\(chance.seed)")
        let lab = try Lab(maxRuns: 3, maxThreads: 3)
        let references = try await outcomes(of: SmallRun.all, lab)
        let tally = Tally()
        var rounds = 0
        while tally.kills < Self.kills, rounds < 10 {
            rounds += 1
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (number, run) in SmallRun.all.shuffled(using: &chance).enumerated() {
                    if number >= 3 { try await tasks.next() }
                    let (killer, reference) = (Killer(lab, chance.split(), tally), references[run]!)
                    tasks.addTask { try await Self.hunt(run, killer, reference) }
                }
                try await tasks.waitForAll()
            }
        }
        print("KillTests: \(tally.text)")
        #expect(tally.kills >= Self.kills)
    }

    private func outcomes(of runs: [SmallRun], _ lab: Lab) async throws -> [SmallRun: Outcome] {
        var ids: [SmallRun: String] = [:]
        for run in runs { ids[run] = try await lab.submit(run).id }
        var outcomes: [SmallRun: Outcome] = [:]
        for (run, id) in ids {
            let report = try await lab.end(of: id)
            #expect(report.state == .budgetExhausted && report.restarts == 0, "\(run): \(report.summary.reason)")
            outcomes[run] = try Outcome(try RunDirectory.open(report.summary.directory))
        }
        return outcomes
    }

    private static func hunt(_ run: SmallRun, _ killer: Killer, _ reference: Outcome) async throws {
        let id = try await killer.lab.submit(run).id
        try await killer.hunt(id, iterations: run.iterations)
        let report = try await killer.lab.end(of: id)
        let directory = try RunDirectory.open(report.summary.directory)
        let outcome = try Outcome(directory)
        #expect(outcome.differences(from: reference).isEmpty, "\(run): \(outcome.differences(from: reference)) \(id)")
        #expect(outcome.gaps.isEmpty, "\(run): \(outcome.gaps)")
        let faults = try Outcome.faultsOfEvents(directory, through: run.iterations)
        #expect(faults.isEmpty, "\(run): \(faults)")
        let states = try RunDatabase.open(directory, readOnly: true).states()
        let losses = states.filter { $0.state == .lost }
        #expect(losses.allSatisfy { $0.signal == Int(SIGKILL) }, "\(run): \(losses.map(\.reason))")
        #expect(report.restarts == losses.count)
        killer.tally.add(losses, states)
        try await killer.lab.supervisor.remove(id)
    }
}

/// Kills the workers of a run at random moments.
private final class Killer: Sendable {
    enum Moment: String, CaseIterable {
        /// While the worker starts; in the middle of a checkpoint; whenever; when it has come to its last iteration.
        case start, checkpoint, whenever, end
    }

    let lab: Lab
    let tally: Tally
    private let chance: Mutex<Chance>

    init(_ lab: Lab, _ chance: Chance, _ tally: Tally) {
        self.lab = lab
        self.tally = tally
        self.chance = Mutex(chance)
    }

    func hunt(_ id: String, iterations: Int) async throws {
        // One moment of each kind a run, and one more, the last one at the end.
        let (moments, pauses) = chance.withLock { chance in
            let moments = [Moment.start, .checkpoint, .whenever, .whenever].shuffled(using: &chance) + [.end]
            return (moments, moments.map { _ in Double.random(in: 0..<1, using: &chance) })
        }
        var last: Int?
        for (moment, pause) in zip(moments, pauses) {
            let started = try await lab.wait(id, "at work again") { report in
                report.state.isEnd && report.state != .lost && report.pid == nil
                    || report.pid != nil && report.pid != last
            }
            guard let pid = started.pid else { return }
            last = pid
            try await arrive(moment, pause, pid, started.summary.directory, iterations)
            // Its number may be another's by now.
            let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map {
                String(decoding: $0, as: UTF8.self)
            }
            if words?.contains(id) == true, kill(pid_t(pid), SIGKILL) == 0 {
                tally.count(moment.rawValue)
                let names = try? FileManager.default.contentsOfDirectory(
                    atPath: started.summary.directory + "/ckpt")
                if names?.contains(where: { $0.hasSuffix(".partial") }) == true {
                    tally.count("with half a checkpoint")
                }
            }
        }
    }

    /// Returns at the moment, or when the worker is gone.
    private func arrive(
        _ moment: Moment, _ pause: Double, _ pid: Int, _ directory: String, _ iterations: Int
    ) async throws {
        func isThere() -> Bool { kill(pid_t(pid), 0) == 0 }
        func checkpoints() -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: directory + "/ckpt")) ?? []
        }
        let deadline = Date().addingTimeInterval(60)
        switch moment {
        case .start: try await Task.sleep(for: .seconds(0.1 * pause))
        case .whenever: try await Task.sleep(for: .seconds(0.6 * pause))
        case .checkpoint:
            // Not the first one that comes.
            try await Task.sleep(for: .seconds(0.3 * pause))
            while isThere(), !checkpoints().contains(where: { $0.hasSuffix(".partial") }), Date() < deadline {
                try await Task.sleep(for: .microseconds(100))
            }
        case .end:
            while isThere(), !checkpoints().contains(where: { $0.hasPrefix("\(iterations).") }), Date() < deadline {
                try await Task.sleep(for: .microseconds(200))
            }
            try await Task.sleep(for: .seconds(0.01 * pause))
        }
    }
}

/// What was killed, and when.
private final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    var kills: Int { counts.withLock { $0["lost"] ?? 0 } }
    var text: String {
        counts.withLock { counts in counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }
            .joined(separator: ", ")
    }

    func count(_ what: String) { counts.withLock { $0[what, default: 0] += 1 } }

    func add(_ losses: [StateRecord], _ states: [StateRecord]) {
        for (before, state) in zip(states, states.dropFirst()) where state.state == .lost {
            count("lost")
            count("lost while \(before.state.rawValue)")
        }
    }
}
