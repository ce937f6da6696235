import EosCore
import EosPluginHost
import Foundation
import Synchronization
import Testing

/// What an init of these tests does: the fixture calls it by its address.
private typealias Hook = @convention(c) () -> Void

/// What the hooks, which can't capture anything, share with the tests.
private enum Stage {
    static let files = Mutex<[String]>([])
    static let messages = Mutex<[String]>([])
    static let entered = DispatchSemaphore(value: 0)
    static let leave = DispatchSemaphore(value: 0)
    static let met = DispatchGroup()

    static func load(_ index: Int) {
        let file = files.withLock { $0[index] }
        do throws(EosError) {
            let plugin = try LoadedPlugin.load(path: file)
            messages.withLock { $0.append("loaded \(plugin.id)") }
        } catch {
            messages.withLock { $0.append(error.message) }
        }
    }

    static func begin(_ paths: [String]) {
        files.withLock { $0 = paths }
        messages.withLock { $0 = [] }
    }
}

/// Loads that begin while the init of another plugin runs.
@Suite(.serialized) struct NestedLoadingTests {
    private func define(_ hook: Hook) -> String { "HOOK=\(UInt(bitPattern: unsafeBitCast(hook, to: Int.self)))u" }

    /// Runs on a thread of its own; the outcome is there after `wait`.
    private func start(_ path: String, _ group: DispatchGroup, _ done: @escaping @Sendable (String) -> Void) {
        DispatchQueue.global().async(group: group) {
            do throws(EosError) { done("loaded \(try LoadedPlugin.load(path: path).id)") } catch { done(error.message) }
        }
    }

    @Test(.timeLimit(.minutes(1))) func anInitMayLoadAnotherPlugin() throws {
        try Fixture.withDirectory { directory in
            let inner = try Fixture.build(
                ["PLUGIN_ID=\"org.example.inner\""], at: directory.appending(path: "inner.so"))
            let hook: Hook = { Stage.load(0) }
            let outer = try Fixture.build([define(hook)], at: directory.appending(path: "outer.so"))
            Stage.begin([inner])
            #expect(try LoadedPlugin.load(path: outer).id == "org.example.fixture")
            #expect(Stage.messages.withLock { $0 } == ["loaded org.example.inner"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func anInitThatLoadsItselfIsTold() throws {
        try Fixture.withDirectory { directory in
            let hook: Hook = { Stage.load(0) }
            let file = try Fixture.build([define(hook)], at: directory.appending(path: "self.so"))
            Stage.begin([file])
            let plugin = try LoadedPlugin.load(path: file)
            #expect(Stage.messages.withLock { $0 }.count == 1)
            #expect(
                Stage.messages.withLock { $0 }[0].contains("is being loaded, and its init would wait for itself"))
            #expect(try LoadedPlugin.load(path: file) === plugin)
        }
    }

    /// An init that takes long holds back those alone who ask for its plugin.
    @Test(.timeLimit(.minutes(1))) func aSlowInitHoldsBackNobodyElse() throws {
        try Fixture.withDirectory { directory in
            let hook: Hook = {
                Stage.entered.signal()
                let isReleased = Stage.leave.wait(timeout: .now() + 20) == .success
                Stage.messages.withLock { $0.append(isReleased ? "released" : "waited in vain") }
            }
            let slow = try Fixture.build([define(hook)], at: directory.appending(path: "slow.so"))
            let quick = try Fixture.build(at: directory.appending(path: "quick.so"))
            Stage.begin([])
            let group = DispatchGroup()
            let outcomes = Mutex<[String]>([])
            for _ in 0..<3 { start(slow, group) { one in outcomes.withLock { $0.append(one) } } }
            Stage.entered.wait()
            #expect(try LoadedPlugin.load(path: quick).id == "org.example.fixture")
            #expect(outcomes.withLock { $0.isEmpty })
            Stage.leave.signal()
            group.wait()
            #expect(Stage.messages.withLock { $0 } == ["released"])
            // One of the three has loaded it, the others have waited for that.
            #expect(outcomes.withLock { $0 } == [String](repeating: "loaded org.example.fixture", count: 3))
        }
    }

    /// Two inits that load each other's plugin on two threads: one is told, and both end.
    @Test(.timeLimit(.minutes(1))) func initsThatWaitForEachOtherEnd() throws {
        try Fixture.withDirectory { directory in
            let hooks: [Hook] = [
                {
                    Stage.met.leave()
                    Stage.met.wait()
                    Stage.load(1)
                },
                {
                    Stage.met.leave()
                    Stage.met.wait()
                    Stage.load(0)
                },
            ]
            let files = try hooks.enumerated().map { i, hook in
                try Fixture.build([define(hook)], at: directory.appending(path: "\(i).so"))
            }
            Stage.begin(files)
            for _ in hooks { Stage.met.enter() }
            let group = DispatchGroup()
            let outcomes = Mutex<[String]>([])
            for file in files { start(file, group) { one in outcomes.withLock { $0.append(one) } } }
            group.wait()
            #expect(outcomes.withLock { $0 } == ["loaded org.example.fixture", "loaded org.example.fixture"])
            let messages = Stage.messages.withLock { $0.sorted() }
            #expect(messages.count == 2)
            #expect(messages.contains { $0.contains("would wait for itself") })
        }
    }

    /// Inits that fail at the same time keep their sentences apart.
    @Test(.timeLimit(.minutes(1))) func sentencesOfFailingInitsAreTheirOwn() throws {
        try Fixture.withDirectory { directory in
            let files = try (0..<8).map { i in
                try Fixture.build(
                    ["INIT_FAILS=1", "SENTENCE=\"number \(i)\""], at: directory.appending(path: "\(i).so"))
            }
            let group = DispatchGroup()
            let outcomes = Mutex<[String: String]>([:])
            for file in files { start(file, group) { one in outcomes.withLock { $0[file] = one } } }
            group.wait()
            for (i, file) in files.enumerated() {
                #expect(outcomes.withLock { $0[file] } == "\(file): number \(i)")
            }
        }
    }
}
