import CEos
import Foundation
import Testing

/// A plugin of a user's own, built with the one command that docs/plugins.md shows.
@Suite struct OutsideTheTreeTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Where this test was built, and so the kit.
    static var products: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    /// Runs a shell command in `directory`; gives its status and what it wrote.
    private func run(_ command: String, in directory: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = directory
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private func build(_ source: String, _ command: String) throws -> UnsafePointer<eos_plugin> {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.copyItem(
            atPath: "\(Self.root)/Tests/EosPluginKitTests/Fixtures/\(source)",
            toPath: directory.appending(path: source).path)
        let result = try run(command, in: directory)
        try #require(result.status == 0, "\(command)\n\(result.output)")
        #expect(result.output.isEmpty)
        let exports = try run("nm -D --defined-only toy.so | awk '$2 == \"T\" { print $3 }'", in: directory)
        #expect(exports.output == "eos_plugin_entry\n")
        let handle = try #require(
            dlopen(directory.appending(path: "toy.so").path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)),
            "\(String(cString: dlerror()))")
        let symbol = try #require(dlsym(handle, "eos_plugin_entry"))
        typealias Entry = @convention(c) (UInt32) -> UnsafePointer<eos_plugin>?
        return try #require(unsafeBitCast(symbol, to: Entry.self)(UInt32(EOS_ABI)))
    }

    private func checkQuartic(_ plugin: UnsafePointer<eos_plugin>) throws {
        let host = MockHost()
        let factory = try #require(plugin.pointee.get_factory(EOS_OBJECTIVE_FACTORY))
            .assumingMemoryBound(to: eos_objective_factory.self).pointee
        #expect(factory.count(factory.ctx) == 1)
        var ops: UnsafePointer<eos_objective_ops>?
        var box: UnsafeMutableRawPointer?
        let keys = MockConfiguration(["size": .integer(4)])
        let id = try #require(factory.descriptor(factory.ctx, 0)).pointee.id
        try #require(factory.create(factory.ctx, host.table, id, keys.pointer, &ops, &box) == EOS_OK)
        let objective = try MockObjective(ops: #require(ops).pointee, box: #require(box))
        #expect(objective.description.dimension == 4)
        var x = [0.0, 0, 0, 0]
        #expect(objective.ops.initial_point(objective.box, 0, &x) == EOS_OK)
        #expect(x == [1, 1, 1, 1])
        var gradient = [0.0, 0, 0, 0]
        #expect(objective.evaluate([1, 2, 0, -1], gradient: &gradient).value == 4.5)
        #expect(gradient == [1, 8, 0, -1])
        let missing = MockConfiguration()
        #expect(factory.create(factory.ctx, host.table, id, missing.pointer, &ops, &box) < 0)
        #expect(host.failures.count == 1)
    }

    @Test func inC() throws {
        let plugin = try build(
            "toy.c", "cc -shared -fPIC -O3 -I '\(Self.root)/include' -o toy.so toy.c")
        #expect(String(cString: plugin.pointee.id) == "org.example.toy-c")
        try checkQuartic(plugin)
    }

    @Test func inSwift() throws {
        let kit = Self.products
        let plugin = try build(
            "toy.swift",
            "swiftc -O -emit-library -static-stdlib -I '\(kit)/Modules' -I '\(Self.root)/include' -L '\(kit)'"
                + " -lEosPluginKit toy.swift -o toy.so")
        #expect(String(cString: plugin.pointee.id) == "org.example.toy")
        try checkQuartic(plugin)

        let host = MockHost()
        let factory = try #require(plugin.pointee.get_factory(EOS_POLICY_FACTORY))
            .assumingMemoryBound(to: eos_policy_factory.self).pointee
        var ops: UnsafePointer<eos_policy_ops>?
        var box: UnsafeMutableRawPointer?
        let keys = MockConfiguration(["first_step": .number(2)])
        let id = try #require(factory.descriptor(factory.ctx, 0)).pointee.id
        try #require(factory.create(factory.ctx, host.table, id, keys.pointer, &ops, &box) == EOS_OK)
        let policy = try MockPolicy(ops: #require(ops).pointee, box: #require(box))
        var iterate = eos_iterate()
        iterate.value = 1
        var step = 0.0
        #expect(policy.ops.propose(policy.box, &iterate, &step) == EOS_OK && step == 2)
        var trial = eos_trial()
        (trial.finite, trial.step, trial.value) = (1, 2, 3)
        var verdict = eos_verdict()
        #expect(policy.ops.judge(policy.box, &iterate, &trial, &verdict) == EOS_OK)
        #expect(verdict.action == EOS_TRY && verdict.step == 1)
        trial.value = 0.5
        #expect(policy.ops.judge(policy.box, &iterate, &trial, &verdict) == EOS_OK)
        #expect(verdict.action == EOS_ACCEPT && verdict.step == 2)
    }
}
