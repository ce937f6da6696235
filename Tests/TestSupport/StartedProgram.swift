import Foundation
import Glibc

/// What a program left behind.
public struct ProgramResult: Sendable {
    /// As a shell sees it: 128 and more for a signal.
    public let status: Int32
    public let output: String
    public let error: String

    public var lines: [String] { output.split(separator: "\n").map(String.init) }
    /// Lines of eos itself on standard error, warnings among them.
    public var remarks: [String] { error.split(separator: "\n").map(String.init).filter { $0.hasPrefix("eos: ") } }
    /// Those that tell of an error.
    public var messages: [String] { remarks.filter { !$0.hasPrefix("eos: warning: ") } }
}

/// A program that is going, and where it writes to.
public struct StartedProgram {
    public let process = Process()
    private let files: [URL]

    /// - Parameters:
    ///   - name: of its files NAME.out and NAME.err in `directory`: files, because a full pipe would stop a process that
    ///     nobody reads.
    ///   - environment: added to our own; nil takes a variable away.
    public init(
        _ program: String, _ arguments: [String], in directory: String, name: String = ".\(UUID().uuidString)",
        environment: [String: String?] = [:]
    ) throws {
        files = ["out", "err"].map { URL(filePath: "\(directory)/\(name).\($0)") }
        for file in files { try Data().write(to: file) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        var own = ProcessInfo.processInfo.environment
        for (name, value) in environment { own[name] = value }
        process.environment = own
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
    }

    private func text(_ stream: Int) throws -> String {
        String(decoding: try Data(contentsOf: files[stream]), as: UTF8.self)
    }

    /// Returns once `text` stands on standard error; throws where the process ends before.
    public func wait(for text: String) throws {
        while true {
            let said = try self.text(1)
            if said.contains(text) { return }
            guard process.isRunning else { throw FixtureError("it ended without saying \(text):\n\(said)") }
            usleep(2000)
        }
    }

    public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end; one that does not come back is killed, and fails its test instead of all tests.
    public func result() throws -> ProgramResult {
        // Only its number: a work item that is cancelled is kept until its time, and what it holds with it.
        let number = process.processIdentifier
        let patience = DispatchWorkItem { kill(number, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 300, execute: patience)
        process.waitUntilExit()
        patience.cancel()
        let signalled = process.terminationReason == .uncaughtSignal
        return ProgramResult(
            status: process.terminationStatus + (signalled ? 128 : 0), output: try text(0), error: try text(1))
    }
}
