import Foundation

/// Places of the package, and commands run there.
public enum Tree {
    /// The root of the package.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Where the running test, and so everything else of the package, was built.
    public static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .path
}

/// What a command left behind.
public struct CommandResult: Sendable {
    public let status: Int32
    /// Standard output and standard error, in the order written.
    public let output: String

    public var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a command of the shell in `directory` (the root of the package unless given), `environment` added to our own.
public func run(
    _ command: String, in directory: String = Tree.root, environment: [String: String] = [:]
) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(filePath: directory)
    // A make that runs the tests hands its own flags on, which are none of a make that a test runs.
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MAKE") && $0.key != "MFLAGS" }
    process.environment = inherited.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return CommandResult(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}

/// Whether the shell knows a command.
public func isInstalled(_ command: String) -> Bool {
    (try? run("command -v \(command)"))?.status == 0
}

/// A directory that goes with its owner.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "eos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
