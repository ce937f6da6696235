import Foundation
import TestSupport
import Testing

/// The built `eos` in a directory of its own, with plugins in its directory `plugins`.
final class Eos {
    private let place: TemporaryDirectory
    var directory: String { place.path }

    /// What is remembered of the plugins of the build tree, so that not every test looks at them anew.
    private static let cache = Result<String, any Error> {
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

    func start(_ arguments: [String], behaving: Bool = false) throws -> StartedProgram {
        try StartedProgram(
            Tree.products + "/eos", arguments, in: directory,
            environment: [
                "EOS_PLUGIN_PATH": "plugins", "XDG_DATA_HOME": directory, "XDG_CACHE_HOME": "\(directory)/cache",
                "MISBEHAVE": behaving ? "no" : nil,
            ])
    }

    func callAsFunction(_ arguments: String..., behaving: Bool = false) throws -> ProgramResult {
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
