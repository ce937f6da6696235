import EosRunModel
import EosRuns
import EosServer
import Foundation
import Testing

/// Requests that come at an inconvenient moment.
@Suite struct RaceTests {
    private func states(_ lab: Lab, _ id: String) throws -> [RunState] {
        let directory = try RunDirectory.open("\(lab.home)/runs/\(id)")
        return try RunDatabase.open(directory, readOnly: true).states().map(\.state)
    }

    @Test(arguments: [RunAction.pause, .stop]) func aRunIsAskedWhileItStarts(_ action: RunAction) async throws {
        let lab = try Lab()
        let wanted: RunState = action == .stop ? .cancelled : .paused
        // Sooner and later in its start.
        for delay in [0, 0, 10, 20, 30, 50, 80] {
            let id = try await lab.submit(endless).id
            try await Task.sleep(for: .milliseconds(delay))
            let asked = try await lab.supervisor.perform(action, on: id)
            #expect([.pausing, .stopping, wanted].contains(asked.state), "\(asked.state)")
            let report = try await lab.wait(id, "at rest") { $0.pid == nil && ($0.state == .paused || $0.state.isEnd) }
            let states = try states(lab, id)
            #expect(report.state == wanted, "\(states)")
            #expect(report.restarts == 0)
        }
    }

    @Test func aStopTakesPrecedence() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless).id
        let going = try await lab.going(id)
        kill(pid_t(going.pid!), SIGSTOP)
        _ = try await lab.supervisor.perform(.pause, on: id)
        _ = try await lab.supervisor.perform(.stop, on: id)
        await #expect(throws: ServiceError.self) { try await lab.supervisor.perform(.pause, on: id) }
        kill(pid_t(going.pid!), SIGCONT)
        #expect(try await lab.end(of: id).state == .cancelled)
    }

    /// What was asked for holds, though the worker is lost on the way.
    @Test(arguments: [RunAction.pause, .stop]) func aWorkerIsLostWhileItIsAsked(_ action: RunAction) async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless).id
        let going = try await lab.going(id)
        kill(pid_t(going.pid!), SIGSTOP)
        _ = try await lab.supervisor.perform(action, on: id)
        kill(pid_t(going.pid!), SIGKILL)
        let report = try await lab.wait(id, "at rest") { $0.pid == nil && ($0.state == .paused || $0.state.isEnd) }
        #expect(report.state == (action == .stop ? .cancelled : .paused), "\(report.summary.reason)")
        // The reason may be another one on a machine so busy that eosd has lost patience, and killed it, before.
        #expect(report.signal == Int(SIGKILL), "\(report.summary.reason)")
        #expect(report.restarts == 0)
    }

    @Test func aRunIsAskedWhileItWaitsForItsRestart() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless + ["restart.delay=1000"]).id
        let going = try await lab.going(id)
        kill(pid_t(going.pid!), SIGKILL)
        _ = try await lab.wait(id, "lost") { $0.state == .lost && $0.pid == nil }
        await #expect(throws: ServiceError.self) { try await lab.supervisor.perform(.retry, on: id) }
        await #expect(throws: ServiceError.self) { try await lab.supervisor.remove(id) }
        _ = try await lab.supervisor.set(["stop.iterations=10000000"], on: id)
        _ = try await lab.supervisor.perform(.pause, on: id)
        #expect(lab.supervisor.report(of: id)?.state == .paused)
        _ = try await lab.supervisor.perform(.resume, on: id)
        let again = try await lab.going(id)
        kill(pid_t(again.pid!), SIGKILL)
        _ = try await lab.wait(id, "lost") { $0.state == .lost && $0.pid == nil }
        _ = try await lab.supervisor.perform(.stop, on: id)
        #expect(lab.supervisor.report(of: id)?.state == .cancelled)
    }

    @Test func requestsThatDoNotFit() async throws {
        let lab = try Lab(maxRuns: 1)
        let (first, second) = (try await lab.submit(endless).id, try await lab.submit(endless, name: "second").id)
        _ = try await lab.going(first)
        func refused(_ body: () async throws(ServiceError) -> Void) async {
            do throws(ServiceError) {
                try await body()
                Issue.record("it was not refused")
            } catch {
                #expect(error.code == .conflict, "\(error)")
            }
        }
        for id in [first, second] {
            await refused { () throws(ServiceError) in try await lab.supervisor.remove(id) }
            for action in [RunAction.resume, .retry] {
                await refused { () throws(ServiceError) in _ = try await lab.supervisor.perform(action, on: id) }
            }
        }
        _ = try await lab.supervisor.perform(.stop, on: second)
        _ = try await lab.supervisor.perform(.retry, on: second)
        await refused { () throws(ServiceError) in _ = try await lab.supervisor.perform(.retry, on: second) }
        _ = try await lab.supervisor.perform(.stop, on: first)
        #expect(try await lab.end(of: first).state == .cancelled)
        _ = try await lab.going(second)
    }

    /// Everything at once, in any order: no run is stuck, and none has two workers.
    @Test func manyRequestsAtOnce() async throws {
        let lab = try Lab(maxRuns: 3, maxThreads: 3)
        var ids: [String] = []
        for number in 1...4 { ids.append(try await lab.submit(endless, name: "run\(number)").id) }
        await withTaskGroup(of: Void.self) { tasks in
            for id in ids {
                for action in RunAction.allCases + RunAction.allCases {
                    tasks.addTask {
                        for _ in 1...4 {
                            _ = try? await lab.supervisor.perform(action, on: id)
                            try? await Task.sleep(for: .milliseconds(.random(in: 0...30)))
                        }
                    }
                }
            }
        }
        for id in ids {
            // Whatever it is now, it can be brought to an end.
            _ = try await lab.wait(id, "stopped") { report in
                report.state == .cancelled && report.pid == nil
            } meanwhile: {
                _ = try? await lab.supervisor.perform(.stop, on: id)
            }
            let states = try states(lab, id)
            #expect(!states.contains(.lost), "\(states)")
        }
    }

    /// Workers that are just starting are asked to end, too, and another supervisor goes on with their runs.
    @Test(arguments: [0, 20, 60]) func drainedWhileRunsStart(_ delay: Int) async throws {
        let lab = try Lab(maxRuns: 3, maxThreads: 3)
        var ids: [String] = []
        for number in 1...3 { ids.append(try await lab.submit(endless, name: "run\(number)").id) }
        try await Task.sleep(for: .milliseconds(delay))
        await lab.supervisor.drain(pause: true)
        for id in ids {
            #expect(try states(lab, id).last == .queued)
            // A child of another test has the descriptors of this process until it becomes its program.
            let directory = try RunDirectory.open("\(lab.home)/runs/\(id)")
            for _ in 0..<1000 where RunLock.isHeld(directory) { try await Task.sleep(for: .milliseconds(10)) }
            #expect(!RunLock.isHeld(directory))
        }
        let next = try Lab(maxRuns: 3, maxThreads: 3, after: lab)
        for id in ids { #expect(try await next.going(id).restarts == 0) }
    }

    /// What one supervisor was asked, the next one sees to.
    @Test func anAdoptedRunIsStopped() async throws {
        let lab = try Lab()
        let id = try await lab.submit(endless).id
        let going = try await lab.going(id)
        await lab.supervisor.drain(pause: false)
        let next = try Lab(after: lab)
        let adopted = try await next.going(id, beyond: going.summary.numbers.iteration)
        #expect(adopted.pid == going.pid && next.supervisor.totals.adopted == 1)
        _ = try await next.supervisor.perform(.stop, on: id)
        let report = try await next.end(of: id)
        #expect(report.state == .cancelled)
        #expect(try states(next, id).count { $0 == .starting } == 1)
    }

    /// A submission that was cut off was never answered.
    @Test func whatWasNeverCompletedIsClearedAway() async throws {
        let lab = try Lab()
        let waiting = try await lab.submit(endless)
        await lab.supervisor.drain(pause: true)
        let files = FileManager.default
        try files.createDirectory(atPath: "\(lab.home)/runs/.being-made/ckpt", withIntermediateDirectories: true)
        try files.createDirectory(atPath: "\(lab.home)/runs/somebody's", withIntermediateDirectories: true)
        let next = try Lab(after: lab)
        #expect(next.supervisor.reports().map(\.id) == [waiting.id])
        #expect(try Set(files.contentsOfDirectory(atPath: "\(lab.home)/runs")) == ["somebody's", waiting.id])
    }
}
