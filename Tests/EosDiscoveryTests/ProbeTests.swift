import CEos
import EosDiscovery
import EosPluginHost
import EosProcesses
import Foundation
import TestSupport
import Testing

/// What becomes of each kind of file.
@Suite struct ProbeTests {
    @Test func describesAsLoadingWould() throws {
        let place = try Place()
        let unlimited = "EXTRA_ROW=.key=\"free\",.type=EOS_TYPE_F64,.minimum=-1,.maximum=__builtin_inf()"
        let file = try place.build("healthy.so", defines: [unlimited])
        let probe = try place.discovery().probe(file)
        #expect(probe.refusal == nil && probe.signal == nil && !probe.isCrash)
        #expect(probe.output.total == 0 && probe.error.total == 0)
        let description = try #require(probe.description)
        #expect(description.objectives.map(\.name) == ["bowl", "reader"])
        #expect(try !Place.isMapped(file))
        #expect(try LoadedPlugin.load(path: file).description == description)
        // And from the cache.
        #expect(try place.discovery().probe(file).description == description)
        #expect(place.loads("healthy.so") == 2)
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGKILL, SIGTERM])
    func crashesHaveTheirSignal(number: Int32) throws {
        let place = try Place()
        let file = try place.build("crash.so", "fputs(\"first\\nsecond\\n\", stderr); raise(\(number))")
        let probe = try place.discovery().probe(file)
        #expect(probe.outcome == .signalled(number: number))
        #expect(probe.isCrash && probe.signal == Signal(number))
        #expect(probe.error.lines(1) == ["first"])
        #expect(probe.refusal?.message == "was ended by \(Signal(number)) while it was loaded")
    }

    @Test func crashesAndHangsAreRefused() throws {
        let place = try Place()
        try place.build("hang.so", "puts(\"waiting\"); fflush(stdout); for (;;) pause()")
        try place.build("spin.so", "for (volatile int i = 0;; i++) {}")
        try place.build("wild.so", "fputs(\"about to\\n\", stderr); *(volatile int *)8 = 1")
        try place.build("leaves.so", "exit(3)")
        try place.build("quits.so", "exit(0)")
        try place.build("vanishes.so", "_exit(0)")
        try place.build("well.so", id: "well")
        let found = place.discovery(seconds: 5).scan()
        #expect(found.found.map(\.plugin.id) == ["org.well"])
        let reasons = Dictionary(uniqueKeysWithValues: found.refused.map { (stem(of: $0.path), $0.error.message) })
        func sentence(_ name: String, _ text: String) -> String {
            "\(place.path)/\(name).so: \(text); see `eos plugin explain \(name)`"
        }
        #expect(
            reasons == [
                "hang": sentence("hang", "did not load within 5 s; allow more time with `eos plugins --timeout`"),
                "spin": sentence("spin", "did not load within 5 s; allow more time with `eos plugins --timeout`"),
                "wild": sentence("wild", "was ended by SIGSEGV (Segmentation fault) while it was loaded"),
                "leaves": sentence("leaves", "ended the process that loaded it, with exit status 3"),
                "quits": sentence("quits", "ended the process that loaded it, with exit status 0"),
                "vanishes": sentence("vanishes", "ended the process that loaded it, with exit status 0"),
            ])
        #expect(found.refused.first { $0.path.hasSuffix("hang.so") }?.probe?.output.beginning == "waiting\n")
        #expect(found.refused.first { $0.path.hasSuffix("wild.so") }?.probe?.error.beginning == "about to\n")
    }

    @Test func whatIsPrintedIsKept() throws {
        let place = try Place()
        // Nothing here is flushed by the plugin; on descriptor 3 it writes to nobody.
        let file = try place.build(
            "prints.so",
            "printf(\"out\\n\\x1b[31m red\"); fputs(\"err\", stderr); if (write(3, \"{}\", 2) != -1) abort()")
        let probe = try place.discovery().probe(file)
        #expect(probe.description != nil)
        #expect(probe.output.beginning == "out\n\u{1b}[31m red")
        #expect(probe.output.lines() == ["out", " [31m red"])
        #expect(probe.error.beginning == "err")
        let flood = try place.build("flood.so", "for (int i = 0; i < 1000000; i++) puts(\"flood\")")
        let flooded = try place.discovery().probe(flood)
        #expect(flooded.description != nil)
        #expect(flooded.output.total == 6_000_000 && flooded.output.beginning.utf8.count == 1 << 16)
    }

    @Test func refusalsAreTheHosts() throws {
        let place = try Place()
        let whole = try place.build("whole.so", id: "whole")
        let bytes = try Data(contentsOf: URL(filePath: whole))
        try bytes[..<(bytes.count / 2)].write(to: URL(filePath: place.path + "/cut.so"))
        let text = try place.write("text", to: "text.so")
        let none = try place.build("none.so", defines: ["NO_ENTRY"])
        let old = try place.build("old.so", defines: ["ABI_MAJOR=9"])
        let poor = try place.build("poor.so", defines: ["INIT_FAILS"])
        let refused = place.discovery().scan().refused.map(\.error.message)
        try #require(refused.count == 5)
        #expect(
            refused[0].hasPrefix("\(place.path)/cut.so: is damaged, because it ends after \(bytes.count / 2) bytes"))
        #expect(refused[1].hasPrefix("\(none): does not export eos_plugin_entry"))
        #expect(refused[2].hasPrefix("\(old): eos_plugin.abi_major is 9"))
        #expect(refused[3] == "\(poor): needs a GPU")
        #expect(refused[4] == "\(text): is not a shared object, because it has no ELF header")
    }

    /// Nobody else would stop a plugin that hangs once the scanner was interrupted.
    @Test func aWorkerEndsWithItsParent() throws {
        let place = try Place()
        let file = try place.build("hang.so", "for (;;) pause()")
        let worker = try WorkerProgram.path()
        // A pipeline ends when both sides have; nothing but the worker itself knows that its reader is gone.
        let script = "'\(worker)' --probe '\(file)' 3>&1 >/dev/null | true"
        let result = try ChildCommand("/bin/sh", ["-c", script], limits: .init(seconds: 120)).run()
        #expect(result.ending == .signalled(Signal(SIGKILL)))
    }

    @Test func noWorkerNoPlugins() throws {
        let place = try Place()
        try place.build("healthy.so")
        var discovery = place.discovery()
        discovery.worker = "/bin/none"
        let findings = discovery.scan()
        #expect(findings.found.isEmpty)
        #expect(findings.refused.map(\.error.message) == ["/bin/none: can't be started: No such file or directory"])
        // What is no worker says nothing that can be read.
        discovery.worker = "/bin/true"
        #expect(discovery.scan().refused.first?.error.message.contains("with exit status 0") == true)
    }
}
