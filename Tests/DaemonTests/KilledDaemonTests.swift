import EosRuns
import Foundation
import RunTestSupport
import Synchronization
import TestSupport
import Testing

/// eosd killed in the middle of whatever it does.
@Suite struct KilledDaemonTests {
    private static let kills = 50
    private static let iterations = 5000

    /// Trains for ever and needs little of the processor.
    private static func slow(_ eosd: Eosd) throws -> String {
        let built = try BuiltFixture.build("Tests/Fixtures/misbehaving.c", ["-DSECONDS=0.01", "-DNAME=\"slow\""])
        try FileManager.default.copyItem(atPath: built, toPath: "\(eosd.plugins)/slow.so")
        return """
            [objective]
            plugin = "slow"
            [policy]
            name = "constant"
            step = 1e-9
            [stop]
            iterations = 1000000000
            gradient_norm = 0
            [probes.sharpness]
            every = 0
            [checkpoint]
            every_seconds = 0.2
            """
    }

    /// A worker that does not listen yet, or not any more, hears of a request from the next eosd; where it does not live
    /// to hear of it, the run comes to what was asked for all the same.
    @Test(arguments: [("pause", "paused"), ("stop", "cancelled")])
    func killedDaemonsForgetNoRequest(action: String, end: String) async throws {
        let eosd = try Eosd(["--max-runs", "1"])
        let spec = try Self.slow(eosd)
        try await eosd.begin()
        let first = try await eosd.client.submit(spec, name: "first")
        let id = try await eosd.client.submit(spec, name: "second")
        func come(to state: String) async throws {
            try await eosd.wait("has a run that is \(state)") { try await $0.report(id)["state"] as? String == state }
        }
        let directory = try eosd.directory(id)
        // As a worker does that hears nothing.
        var lock: RunLock? = try RunLock(directory, waiting: 10)
        #expect(try await eosd.client.post("/v1/runs/\(first)/stop").status < 300)
        // While it is queued it can't be recorded.
        try await eosd.wait("has a worker") { try await $0.post("/v1/runs/\(id)/\(action)").status < 300 }
        for _ in 1...2 {
            eosd.kill(SIGKILL)
            try await eosd.begin()
        }
        let before = try RunDatabase.open(directory, readOnly: true).states().count
        withExtendedLifetime(lock) {}
        lock = nil
        try await come(to: end)
        let states = try RunDatabase.open(directory, readOnly: true).states().map(\.state)
        #expect(states.dropFirst(before).map(\.rawValue) == [end], "\(states)")
        // It is over with that: the next eosd asks for nothing.
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/wish"))
        eosd.kill(SIGKILL)
        try await eosd.begin()
        #expect(try await eosd.client.post("/v1/runs/\(id)/\(end == "paused" ? "resume" : "retry")").status < 300)
        try await come(to: "running")
    }

    @Test func killedDaemonsLoseNothing() async throws {
        var chance = Chance()
        print("KilledDaemonTests: EOS_TEST_SEED=\(chance.seed)")
        let eosd = try Eosd(["--max-runs", "8"])
        let spec = try Self.slow(eosd)
        try await eosd.begin()
        var going: [String] = []
        for number in 1...8 { going.append(try await eosd.client.submit(spec, name: "slow\(number)")) }
        try await eosd.wait("has 8 runs going") { client in
            try await client.reports().count { $0["state"] as? String == "running" } == 8
        }
        let workers = eosd.workers()
        #expect(workers.count == 8 && workers.values.allSatisfy { $0.count == 1 }, "\(workers)")

        let followers = ["/v1/events"] + going.map { "/v1/runs/\($0)/events" }
        let following = followers.map { Follower(eosd.client, $0) }
        let submitter = Submitter(eosd, chance.split())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for follower in following { tasks.addTask { await follower.run() } }
            tasks.addTask { await submitter.run() }
            for number in 1...Self.kills {
                // Now and then before it has come up.
                if number % 5 != 0 { try await eosd.wait("answers") { try await $0.get("/v1/health").status == 200 } }
                try await Task.sleep(for: .seconds(.random(in: 0...0.15, using: &chance)))
                eosd.kill(SIGKILL)
                let left = eosd.workers()
                #expect(left == workers, "after kill \(number): \(left), not \(workers)")
                try eosd.start()
            }
            submitter.end()
            try await checkGoing(eosd, going, workers)
            for id in going { #expect(try await eosd.client.post("/v1/runs/\(id)/stop").status < 300) }
            // What was submitted meanwhile has its turn, while eosd goes on being killed.
            for _ in 1...10 {
                try await Task.sleep(for: .seconds(.random(in: 0...0.3, using: &chance)))
                eosd.kill(SIGKILL)
                try eosd.start()
                for (id, pids) in eosd.workers() { #expect(pids.count == 1, "\(id): \(pids)") }
            }
            try await eosd.wait("has ended every run") { client in
                try await client.reports().allSatisfy {
                    ["cancelled", "budget_exhausted"].contains($0["state"] as? String)
                }
            }
            try await wait(for: following, eosd)
            for follower in following { follower.end() }
            // The last event has come already: only an end of eosd ends the streams.
            eosd.kill(SIGTERM)
        }
        for follower in following { #expect(follower.faults.isEmpty, "\(follower.faults)") }
        print("KilledDaemonTests: \(submitter.answered.count) submitted meanwhile; \(following[0].last) states told")
        for id in submitter.answered + going {
            let states = try RunDatabase.open(try eosd.directory(id), readOnly: true).states().map(\.state)
            #expect(states.count { $0 == .starting } == 1 && !states.contains(.lost), "\(id): \(states)")
        }
        #expect(submitter.faults.isEmpty, "\(submitter.faults)")
    }

    private func checkGoing(_ eosd: Eosd, _ going: [String], _ workers: [String: [Int]]) async throws {
        try await eosd.wait("has adopted 8 runs") { client in
            for id in going {
                let report = try await client.report(id)
                guard report["state"] as? String == "running", report["pid"] as? Int == workers[id]?.first,
                    report["restarts"] as? Int == 0
                else { return false }
            }
            return true
        }
        let before = try await eosd.client.reports().filter { going.contains($0["run"] as? String ?? "") }
        try await eosd.wait("follows its runs") { client in
            for report in before {
                let now = try await client.report(report["run"] as! String)
                guard now["iterations"] as! Int > report["iterations"] as! Int else { return false }
            }
            return true
        }
    }

    /// Until the followers have heard of everything that there is.
    private func wait(for followers: [Follower], _ eosd: Eosd) async throws {
        try await eosd.wait("has told all events") { client in
            for follower in followers.dropFirst() {
                let id = follower.run
                guard follower.last == (try await client.report(id))["events"] as? Int else { return false }
            }
            let states = try await client.reports().reduce(0) { count, report in
                let directory = try eosd.directory(report["run"] as! String)
                return count + (try RunDatabase.open(directory, readOnly: true).states().count)
            }
            return followers[0].last == states
        }
    }

    /// eosd and all its workers at once, as when the machine goes down.
    @Test func everythingKilledAtOnceGoesOn() async throws {
        var chance = Chance()
        print("KilledDaemonTests: EOS_TEST_SEED=\(chance.seed)")
        let runs = ["nls", "nls-ub", "polyak", "bb1", "adgd", "cdat", "ls", "constant"].map {
            SmallRun(policy: $0, dtype: $0.count % 2 == 0 ? "f64" : "f32", iterations: Self.iterations)
        }
        let references = try await outcomes(of: runs)
        let eosd = try Eosd(["--max-runs", "8"])
        // So that none has ended before the last one has been submitted.
        try await eosd.begin(["--max-runs", "1"])
        var ids: [String] = []
        for run in runs { ids.append(try await eosd.client.submit(run.spec, name: run.policy)) }
        try await Self.killAll(eosd, chance.split())
        try await ended(eosd)
        var losses = 0
        for (id, reference) in zip(ids, references) {
            let directory = try eosd.directory(id)
            let outcome = try Outcome(directory)
            #expect(outcome.differences(from: reference).isEmpty, "\(id): \(outcome.differences(from: reference))")
            #expect(outcome.gaps.isEmpty, "\(id): \(outcome.gaps)")
            let faults = try Outcome.faultsOfEvents(directory, through: Self.iterations)
            #expect(faults.isEmpty, "\(id): \(faults)")
            losses += try RunDatabase.open(directory, readOnly: true).states().count { $0.state == .lost }
        }
        print("KilledDaemonTests: \(losses) workers killed with their eosd")
        #expect(losses > 0)
    }

    /// Some times in a row. On a thread of its own, which no other test keeps waiting.
    private static func killAll(_ eosd: Eosd, _ chance: Chance) async throws {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                var chance = chance
                continuation.resume(
                    with: Result {
                        for _ in 1...6 {
                            let workers = eosd.workers()
                            eosd.kill(SIGKILL)
                            for pid in workers.values.joined() { kill(pid_t(pid), SIGKILL) }
                            try eosd.start()
                            let deadline = Date().addingTimeInterval(20)
                            while eosd.workers().count < 5, Date() < deadline { usleep(2000) }
                            usleep(.random(in: 0...300_000, using: &chance))
                        }
                    })
            }
        } as Void
    }

    private func outcomes(of runs: [SmallRun]) async throws -> [Outcome] {
        let eosd = try Eosd(["--max-runs", "4"])
        try await eosd.begin()
        var ids: [String] = []
        for run in runs { ids.append(try await eosd.client.submit(run.spec, name: run.policy)) }
        try await ended(eosd)
        return try ids.map { try Outcome(try eosd.directory($0)) }
    }

    private func ended(_ eosd: Eosd) async throws {
        try await eosd.wait("has ended every run") { client in
            try await client.reports().allSatisfy {
                $0["state"] as? String == "budget_exhausted" && $0["pid"] is NSNull
            }
        }
    }
}

/// Submits short runs, one after the other, to an eosd that comes and goes.
private final class Submitter: Sendable {
    private struct State {
        var answered: [String] = []
        var faults: [String] = []
        var isOver = false
    }

    private static let most = 100
    private let eosd: Eosd
    private let chance: Mutex<Chance>
    private let state = Mutex(State())

    init(_ eosd: Eosd, _ chance: Chance) {
        self.eosd = eosd
        self.chance = Mutex(chance)
    }

    /// Ids of the runs that eosd has said it took.
    var answered: [String] { state.withLock(\.answered) }
    var faults: [String] { state.withLock(\.faults) }
    func end() { state.withLock { $0.isOver = true } }

    func run() async {
        let spec = SmallRun(policy: "nls", iterations: 30).spec
        while !state.withLock(\.isOver), answered.count < Self.most {
            let pause = chance.withLock { Double.random(in: 0...0.1, using: &$0) }
            try? await Task.sleep(for: .seconds(pause))
            do {
                let id = try await eosd.client.submit(spec, name: "short")
                state.withLock { $0.answered.append(id) }
            } catch is HTTPClient.Broken {
                // Not answered: it may be there or not.
            } catch {
                state.withLock { $0.faults.append("\(error)") }
            }
        }
    }
}
