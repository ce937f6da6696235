import EosRuns
import EosServer
import Foundation
import Testing

/// A run that does not end by itself within the time of a test.
let endless = ["policy.name=constant", "policy.step=1e-9", "stop.iterations=1000000000000", "stop.gradient_norm=0"]

@Suite struct LifeTests {
    @Test func aRunGoesThroughItsStates() async throws {
        let lab = try Lab()
        let submitted = try await lab.submit(["stop.iterations=50"])
        #expect(submitted.state == .queued || submitted.state == .starting)
        let report = try await lab.end(of: submitted.id)
        #expect(report.state == .budgetExhausted)
        #expect(report.summary.numbers.iteration == 50)
        #expect(report.summary.numbers[.loss]! < report.summary.numbers[.initialLoss]!)
        #expect(report.objective == "eos.rosenbrock")
        #expect(report.restarts == 0)
        let states = try RunDatabase.open(try RunDirectory.open(report.summary.directory), readOnly: true).states()
        #expect(states.map(\.state) == [.queued, .starting, .running, .budgetExhausted])
    }

    @Test func pauseAndResumeAndStop() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless).id
        _ = try await lab.going(id)
        _ = try await lab.supervisor.perform(.pause, on: id)
        let paused = try await lab.wait(id, "paused") { $0.state == .paused && $0.pid == nil }
        #expect(paused.summary.parameters != nil)
        await #expect(throws: ServiceError.self) { try await lab.supervisor.perform(.pause, on: id) }
        _ = try await lab.supervisor.perform(.resume, on: id)
        let going = try await lab.going(id, beyond: paused.summary.numbers.iteration)
        #expect(going.restarts == 0)
        _ = try await lab.supervisor.perform(.stop, on: id)
        let stopped = try await lab.end(of: id)
        #expect(stopped.state == .cancelled)
        _ = try await lab.supervisor.perform(.retry, on: id)
        _ = try await lab.going(id, beyond: stopped.summary.numbers.iteration)
        await #expect(throws: ServiceError.self) { try await lab.supervisor.remove(id) }
        _ = try await lab.supervisor.perform(.stop, on: id)
        _ = try await lab.end(of: id)
        try await lab.supervisor.remove(id)
        #expect(lab.supervisor.report(of: id) == nil)
        #expect(!FileManager.default.fileExists(atPath: stopped.summary.directory))
    }

    @Test func aKilledWorkerIsStartedAgain() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless + ["checkpoint.every_seconds=0.05"]).id
        let going = try await lab.wait(id, "running with a checkpoint") { report in
            report.state == .running
                && (try? FileManager.default.contentsOfDirectory(atPath: report.summary.directory + "/ckpt"))?
                    .contains { $0.hasSuffix(".safetensors") } == true
        }
        kill(pid_t(going.pid!), SIGKILL)
        let again = try await lab.wait(id, "restarted") { $0.state == .running && $0.restarts == 1 }
        #expect(again.pid != going.pid)
        _ = try await lab.supervisor.perform(.stop, on: id)
        let report = try await lab.end(of: id)
        let states = try RunDatabase.open(try RunDirectory.open(report.summary.directory), readOnly: true).states()
        let lost = try #require(states.first { $0.state == .lost })
        #expect(lost.signal == Int(SIGKILL))
        #expect(lost.reason.contains("SIGKILL"))
    }

    @Test func theQueueKeepsItsOrderAndItsBound() async throws {
        let lab = try Lab(maxRuns: 1)
        let first = try await lab.submit(endless).id
        let second = try await lab.submit(["stop.iterations=5"], name: "second").id
        let third = try await lab.submit(["stop.iterations=5"], name: "third").id
        _ = try await lab.going(first)
        #expect(lab.supervisor.report(of: second)?.queued == 0)
        #expect(lab.supervisor.report(of: third)?.queued == 1)
        _ = try await lab.supervisor.perform(.stop, on: first)
        let ends = (try await lab.end(of: second), try await lab.end(of: third))
        #expect(try #require(ends.0.started) <= #require(ends.1.started))
    }

    @Test func liveKeysAreSetWhileItGoes() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless).id
        _ = try await lab.going(id)
        _ = try await lab.supervisor.set(["policy.step=2e-9", "stop.iterations=100000000000"], on: id)
        let spec = try String(contentsOfFile: "\(lab.home)/runs/\(id)/spec.toml", encoding: .utf8)
        #expect(spec.contains("step = 2e-09"))
        let refused = await #expect(throws: ServiceError.self) {
            try await lab.supervisor.set(["objective.seed=2"], on: id)
        }
        #expect(refused?.code == .invalidSpec)
        _ = try await lab.wait(id, "at the new step") { $0.summary.numbers[.step] == 2e-9 }
        _ = try await lab.supervisor.perform(.stop, on: id)
        _ = try await lab.end(of: id)
    }
}
