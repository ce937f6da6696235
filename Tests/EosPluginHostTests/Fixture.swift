import EosPluginHost
import Foundation
import Testing

/// Builds the C files of Tests/Fixtures, each time as a file of its own: a plugin stays loaded, so that none serves
/// twice.
enum Fixture {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A new directory, removed at the end of `body`.
    static func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eos-plugin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory.resolvingSymlinksInPath())
    }

    /// Compiles `source` to the plugin `file`.
    ///
    /// - Parameter defines: "ABI_MAJOR=2".
    @discardableResult
    static func build(
        _ defines: [String] = [], at file: URL, source: String = "plugin.c", options: [String] = ["-shared", "-fPIC"]
    ) throws -> String {
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1"] + options
            + ["-I\(root.path())include", "-o", file.path(), "\(root.path())Tests/Fixtures/\(source)"]
            + defines.map { "-D\($0)" }
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return file.path()
    }

    /// Loads a plugin built with `defines`. Its file is gone by the time this returns.
    static func load(_ defines: [String] = [], source: String = "plugin.c") throws -> LoadedPlugin {
        try withDirectory { directory in
            let file = directory.appending(path: "fixture.so")
            return try LoadedPlugin.load(path: try build(defines, at: file, source: source))
        }
    }
}
