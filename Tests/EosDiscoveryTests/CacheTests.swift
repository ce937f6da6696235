import EosDiscovery
import Foundation
import TestSupport
import Testing

/// What is remembered, and for how long: the fixtures count how often they are loaded.
@Suite struct CacheTests {
    @Test(arguments: ["", "raise(SIGSEGV)", "exit(3)", "puts(\"hello\")"])
    func filesAreLoadedOnce(onLoad: String) throws {
        let place = try Place()
        let file = try place.build("a.so", onLoad)
        let first = try place.discovery().probe(file)
        let second = try place.discovery().probe(file)
        #expect(place.loads("a.so") == 1)
        #expect(first.outcome == second.outcome && first.output == second.output && first.error == second.error)
        #expect(place.discovery().remembered(file)?.outcome == first.outcome)
        _ = try place.discovery(refresh: true).probe(file)
        #expect(place.loads("a.so") == 2)
    }

    @Test func refusalsByContentAreRemembered() throws {
        let place = try Place()
        let file = try place.build("old.so", defines: ["ABI_MAJOR=9"])
        for _ in 0..<3 { #expect(try place.discovery().probe(file).refusal != nil) }
        #expect(place.loads("old.so") == 1)
    }

    /// The loader finds the library later, and a plugin what it needs.
    @Test func whatIsMissingHereIsNotRemembered() throws {
        let place = try Place()
        let poor = try place.build("poor.so", defines: ["INIT_FAILS"])
        for _ in 0..<2 { #expect(try place.discovery().probe(poor).refusal?.message == "needs a GPU") }
        #expect(place.loads("poor.so") == 2)

        let other = place.path + "/libother.so.1"
        let made = try run(
            "echo 'void missing_function(void) {}' | cc -shared -fPIC -x c -Wl,-soname,libother.so.1 -o \(other) -")
        try #require(made.status == 0, "\(made.output)")
        let file = try place.build(
            "needs.so", defines: ["UNDEFINED"], options: "\(other) -Wl,-rpath,\(place.path)")
        try FileManager.default.moveItem(atPath: other, toPath: other + ".away")
        let refused = try place.discovery().probe(file)
        #expect(refused.refusal?.message.hasPrefix("needs libother.so.1, which is not installed") == true)
        #expect(place.discovery().remembered(file) == nil)
        try FileManager.default.moveItem(atPath: other + ".away", toPath: other)
        #expect(try place.discovery().probe(file).refusal == nil)
    }

    @Test func moreTimeIsAnotherTry() throws {
        let place = try Place()
        let file = try place.build("hang.so", "for (;;) pause()")
        #expect(try place.discovery(seconds: 0.5).probe(file).outcome == .timedOut(seconds: 0.5))
        #expect(try place.discovery(seconds: 0.5).probe(file).outcome == .timedOut(seconds: 0.5))
        #expect(try place.discovery(seconds: 0.25).probe(file).outcome == .timedOut(seconds: 0.5))
        let loads = place.loads("hang.so")
        #expect(try place.discovery(seconds: 1).probe(file).outcome == .timedOut(seconds: 1))
        #expect(loads <= 1 && place.loads("hang.so") <= loads + 1)

        // Nor is a time-out of long ago believed: the machine may have been busy.
        #expect(place.discovery(seconds: 0.5).remembered(file)?.outcome == .timedOut(seconds: 1))
        let entry = try #require(place.discovery().cache).entryPath(of: file)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: entry)
        #expect(place.discovery(seconds: 0.5).remembered(file) == nil)
    }

    @Test func anotherFileIsLookedAtAnew() throws {
        let place = try Place()
        var file = try place.build("a.so", id: "first")
        #expect(try place.discovery().probe(file).description?.id == "org.first")
        file = try place.build("a.so", id: "second")
        #expect(try place.discovery().probe(file).description?.id == "org.second")
        // The same bytes, written again: the time of writing tells.
        let loads = place.loads("a.so")
        try #require(run("touch -d '2001-01-01 00:00:00.123456789' \(file)").status == 0)
        _ = try place.discovery().probe(file)
        try #require(run("touch -d '2001-01-01 00:00:00.123456790' \(file)").status == 0)
        _ = try place.discovery().probe(file)
        _ = try place.discovery().probe(file)
        #expect(place.loads("a.so") == loads + 2)
    }

    @Test func damagedEntriesAreIgnored() throws {
        let place = try Place()
        let file = try place.build("a.so")
        let entry = place.cache.entryPath(of: file)
        _ = try place.discovery().probe(file)
        let bytes = try Data(contentsOf: URL(filePath: entry))
        var loads = 1
        let foreign = try place.build("b.so", id: "foreign")
        _ = try place.discovery().probe(foreign)
        let others = try Data(contentsOf: URL(filePath: place.cache.entryPath(of: foreign)))
        for damaged in [Data(), bytes[..<(bytes.count / 2)], Data("{}".utf8), Data([0, 255, 7]), others] {
            try damaged.write(to: URL(filePath: entry))
            #expect(try place.discovery().probe(file).description?.id == "org.example.fixture")
            loads += 1
            #expect(place.loads("a.so") == loads)
        }
        #expect(place.discovery().remembered(file) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.cache.directory).count == 2)
    }

    @Test func aCacheThatCannotBeWrittenIsNoError() throws {
        let place = try Place()
        let file = try place.build("a.so")
        for directory in ["/proc/none/cache", "/dev/null/cache", ""] {
            var discovery = place.discovery()
            discovery.cache = ProbeCache(directory: directory)
            #expect(try discovery.probe(file).description != nil)
        }
        var discovery = place.discovery()
        discovery.cache = nil
        #expect(try discovery.probe(file).description != nil)
        #expect(place.loads("a.so") == 4)
    }

    @Test func refreshingForgetsWhatIsGone() throws {
        let place = try Place()
        try place.build("a.so", id: "a")
        let gone = try place.build("b.so", id: "b")
        _ = place.discovery().scan()
        try FileManager.default.removeItem(atPath: gone)
        try Data().write(to: URL(filePath: place.cache.directory + "/interrupted.json.123"))
        _ = place.discovery().scan()
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.cache.directory).count == 3)
        _ = place.discovery(refresh: true).scan()
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.cache.directory).count == 1)
    }

    @Test func liesWhereCachesLie() {
        func directory(_ environment: [String: String]) -> String? {
            ProbeCache.standard { environment[$0] }?.directory
        }
        #expect(directory(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/eos/probes")
        #expect(directory(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/eos/probes")
        #expect(directory(["HOME": ""]) == nil)
    }
}
