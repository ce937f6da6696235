import EosPluginHost
import Foundation
import Testing

/// Builds Tests/Fixtures/plugin.c, each time as a file of its own: a plugin stays loaded, so that none serves twice.
enum Fixture {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A new directory, removed at the end of `body`.
    static func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eos-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Messages name files without links.
        return try body(directory.resolvingSymlinksInPath())
    }

    /// - Parameter defines: "ABI_MAJOR=2".
    @discardableResult
    static func build(_ defines: [String] = [], at file: URL, source: String = "plugin.c") throws -> String {
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-shared", "-fPIC"]
            + ["-I\(root.path())include", "-o", file.path(), "\(root.path())Tests/Fixtures/\(source)"]
            + defines.map { "-D\($0)" }
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return file.path()
    }

    /// A plugin built with `defines`; its file is gone by the time this returns.
    static func load(_ defines: [String] = []) throws -> Plugin {
        try withDirectory { directory in
            try Plugin.load(path: try build(defines, at: directory.appending(path: "fixture.so")))
        }
    }
}
