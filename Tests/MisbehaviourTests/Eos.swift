import Foundation
import TestSupport
import Testing

/// The built `eos` in a directory of its own, with plugins in its directory `plugins`.
final class Eos {
    struct Result {
        /// As a shell sees it: 128 and more for a signal.
        let status: Int32
        let output: String
        let error: String

        /// Lines of eos itself on standard error, warnings among them.
        var lines: [String] { error.split(separator: "\n").map(String.init).filter { $0.hasPrefix("eos: ") } }
    }

    private let place: TemporaryDirectory
    var directory: String { place.path }

    /// What is remembered of the plugins of the build tree, so that not every test looks at them anew.
    private static let cache = Swift.Result<String, any Error> {
        let cache = "\(Tree.products)/fixtures/cache"
        let result = try run(
            "\(Tree.products)/eos plugins", environment: ["XDG_CACHE_HOME": cache, "EOS_PLUGIN_PATH": ""])
        try #require(result.status == 0, "\(result.output)")
        return cache
    }

    /// Whoever starts the tests in the background may have them ignore interrupts, which children would inherit.
    private static let heedsInterrupts = Foundation.signal(SIGINT, SIG_DFL)

    /// - Parameter plugins: built and copied, for a link would be resolved.
    init(_ plugins: [Misbehaviour]) throws {
        _ = Self.heedsInterrupts
        place = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: Self.cache.get(), toPath: "\(place.path)/cache")
        try FileManager.default.createDirectory(
            atPath: "\(directory)/plugins", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        for plugin in plugins { try add(plugin) }
    }

    private func add(_ plugin: Misbehaviour) throws {
        var options = plugin.flags + ["-DNAME=\"\(plugin.name)\""]
        if let source = plugin.source { options.append(try BuiltFixture.build("Tests/Fixtures/\(source)")) }
        let file = try BuiltFixture.build("Tests/Fixtures/misbehaving.c", options)
        try FileManager.default.copyItem(atPath: file, toPath: self.file(of: plugin))
    }

    func file(of plugin: Misbehaviour) -> String { "\(directory)/plugins/\(plugin.name).so" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
    }

    /// A process that is going, and where it writes to.
    struct Started {
        let process: Process
        let files: [String]

        /// Returns once `text` stands on standard error; fails where the process ends before.
        func wait(for text: String) throws {
            while true {
                let said = try String(contentsOfFile: files[1], encoding: .utf8)
                if said.contains(text) { return }
                try #require(process.isRunning, "\(said)")
                usleep(2000)
            }
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        /// Waits for its end; one that does not come back fails its test instead of all tests.
        func result() throws -> Result {
            let patience = DispatchWorkItem { [process] in
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: patience)
            process.waitUntilExit()
            patience.cancel()
            let texts = try files.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
            let signalled = process.terminationReason == .uncaughtSignal
            return Result(
                status: process.terminationStatus + (signalled ? 128 : 0), output: texts[0], error: texts[1])
        }
    }

    func start(_ arguments: [String], behaving: Bool = false) throws -> Started {
        // Files, because a full pipe would stop a process that nobody reads.
        let files = ["out", "err"].map { "\(directory)/.\($0)-\(UUID().uuidString)" }
        for file in files { try Data().write(to: URL(filePath: file)) }
        let process = Process()
        process.executableURL = URL(filePath: Tree.products + "/eos")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        var environment = ProcessInfo.processInfo.environment
        environment["EOS_PLUGIN_PATH"] = "plugins"
        environment["XDG_DATA_HOME"] = directory
        environment["XDG_CACHE_HOME"] = "\(directory)/cache"
        environment["MISBEHAVE"] = behaving ? "no" : nil
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: files[1]))
        try process.run()
        return Started(process: process, files: files)
    }

    func callAsFunction(_ arguments: String..., behaving: Bool = false) throws -> Result {
        try start(arguments, behaving: behaving).result()
    }

    /// A spec of 150 steps, with a checkpoint at each where the training is not expected to come to its end.
    func writeSpec(of plugin: Misbehaviour) throws {
        var ends = true
        if case .trains = plugin.training { ends = false }
        try write(
            """
            name = "bowl"
            [objective]
            plugin = "\(plugin.name)"
            [policy]
            name = "constant"
            step = 0.1
            [stop]
            iterations = 150
            loss = 0
            gradient_norm = 0
            [checkpoint]
            every_seconds = \(ends ? 1e-9 : 60)
            [probes.sharpness]
            every = 0
            """, to: "spec.toml")
    }

    /// What `eos export` tells of a run, but for the seconds.
    func records(_ run: String) throws -> [String] {
        let export = try self("export", run, behaving: true)
        #expect(export.status == 0, "\(export.error)")
        return export.output.split(separator: "\n").map { line in
            var cells = line.split(separator: ",", omittingEmptySubsequences: false)
            cells.remove(at: 7)
            return cells.joined(separator: ",")
        }
    }
}

/// The members of the one JSON object on standard output.
func members(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
}
