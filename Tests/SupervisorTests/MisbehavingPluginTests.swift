import EosRuns
import Foundation
import TestSupport
import Testing

/// A plugin that misbehaves ends its own run only, for a reason that is told.
@Suite struct MisbehavingPluginTests {
    /// All at once, beside a run that goes on as if nothing happened.
    @Test func eachEndsItsOwnRunOnly() async throws {
        let lab = try Lab(maxRuns: 64, maxThreads: 64)
        let neighbour = try await Neighbour(lab)
        for plugin in Misbehaviour.all { try plugin.drop(into: lab) }
        let before = try await neighbour.rate()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for plugin in Misbehaviour.all { tasks.addTask { try await Self.watch(plugin, lab) } }
            let during = try await neighbour.rate()
            try await tasks.waitForAll()
            let after = try await neighbour.rate()
            print("MisbehavingPluginTests: the neighbour's steps a second: \(before), \(during) and \(after)")
            // It sleeps most of the time: only a machine that has no time for anybody slows it down.
            if isIdleEnough { #expect(during > before / 2 && after > before / 2, "\(before), \(during), \(after)") }
        }
        let report = try #require(lab.supervisor.report(of: neighbour.id))
        #expect(report.state == .running && report.restarts == 0 && report.pid == neighbour.pid)
    }

    private var isIdleEnough: Bool {
        var loads = [0.0, 0, 0]
        return getloadavg(&loads, 3) == 3 && loads[0] < Double(2 * ProcessInfo.processInfo.activeProcessorCount)
    }

    private static func watch(_ plugin: Misbehaviour, _ lab: Lab) async throws {
        let id = try await plugin.submit(to: lab).id
        var seconds = 0.0
        if plugin.request == .stop {
            _ = try await lab.wait(id, "at it") { report in
                let log = (try? String(contentsOfFile: report.summary.directory + "/log", encoding: .utf8)) ?? ""
                return log.contains("for ever") || log.contains("halting")
            }
            let asked = Date()
            let report = try await lab.supervisor.perform(.stop, on: id)
            #expect(report.state == .stopping, "\(plugin.name)")
            _ = try await lab.end(of: id)
            seconds = Date().timeIntervalSince(asked)
        }
        let report = try await lab.end(of: id)
        #expect(report.state == plugin.state, "\(plugin.name): \(report.summary.reason)")
        for words in plugin.words {
            #expect(report.summary.reason.contains(words), "\(plugin.name): \(report.summary.reason)")
        }
        if let signal = plugin.signal {
            #expect(report.signal == Int(signal), "\(plugin.name): \(report.summary.reason)")
        }
        if let code = plugin.exitCode { #expect(report.exitCode == code, "\(plugin.name): \(report.summary.reason)") }
        #expect(report.restarts == plugin.restarts, "\(plugin.name): \(report.summary.reason)")
        // About 15 s, but for a machine that is busy with other things.
        #expect(seconds < 60, "\(plugin.name)")
        let directory = try RunDirectory.open(report.summary.directory)
        _ = try await lab.wait(id, "free") { _ in !RunLock.isHeld(directory) }
    }

    /// One that only marks what stalls goes on.
    @Test func aStalledRunIsMarked() async throws {
        let plugin = Misbehaviour(
            name: "marked", flags: "-DAT_EVALUATE=nap -DAFTER=20", overrides: ["limits.evaluation_seconds=0.3"],
            state: .cancelled, words: [])
        let lab = try Lab()
        try plugin.drop(into: lab)
        let id = try await plugin.submit(to: lab).id
        let report = try await lab.wait(id, "stalled") { $0.isStalled }
        #expect(report.state == .running && report.pid != nil)
        _ = try await lab.supervisor.perform(.stop, on: id)
        #expect(try await lab.end(of: id).state == .cancelled)
    }

    /// The end of a worker is seen where it is nobody's child here, though what its plugin started lives on with copies
    /// of all its descriptors.
    @Test func anAdoptedWorkerLeavesAChild() async throws {
        let plugin = Misbehaviour(
            name: "parent", flags: "-DAT_CREATE=leave_daemon -DSECONDS=0.01", overrides: ["restart.limit=0"],
            state: .failed, words: [])
        let first = try Lab()
        try plugin.drop(into: first)
        let id = try await plugin.submit(to: first).id
        let going = try await first.going(id)
        await first.supervisor.drain(pause: false)
        let lab = try Lab(after: first)
        #expect(lab.supervisor.totals.adopted == 1)
        let adopted = try await lab.going(id, beyond: going.summary.numbers.iteration)
        #expect(adopted.pid == going.pid)
        kill(pid_t(try #require(going.pid)), SIGKILL)
        let report = try await lab.end(of: id)
        #expect(report.state == .failed && report.restarts == 0, "\(report.summary.reason)")
    }

    /// The run is no more, and can be cleared away; nothing else has noticed.
    @Test func aRunWithoutFilesIsCleared() async throws {
        let plugin = Misbehaviour(
            name: "deletes", flags: "-DAT_EVALUATE=delete_files -DAFTER=200", overrides: ["stop.iterations=400"],
            state: .lost, words: [])
        let lab = try Lab()
        try plugin.drop(into: lab)
        let id = try await plugin.submit(to: lab).id
        let other = try await lab.submit(endless).id
        let report = try await lab.wait(id, "at an end") { $0.state.isEnd && $0.pid == nil }
        #expect([.lost, .failed].contains(report.state), "\(report.summary.reason)")
        try await lab.supervisor.remove(id)
        #expect(lab.supervisor.report(of: id) == nil)
        _ = try await lab.going(other)
    }
}

/// A run that makes a step about every few milliseconds.
struct Neighbour {
    let id: String
    let pid: Int
    private let lab: Lab

    init(_ lab: Lab) async throws {
        let plugin = Misbehaviour(name: "neighbour", flags: "-DSECONDS=0.005", state: .cancelled, words: [])
        try plugin.drop(into: lab)
        id = try await plugin.submit(to: lab).id
        pid = try #require(try await lab.going(id).pid)
        self.lab = lab
    }

    /// Steps a second, over some seconds.
    func rate() async throws -> Double {
        func steps() throws -> Double { Double(try #require(lab.supervisor.report(of: id)).summary.numbers.iteration) }
        let (first, start) = (try steps(), Date())
        try await Task.sleep(for: .seconds(3))
        return (try steps() - first) / Date().timeIntervalSince(start)
    }
}
