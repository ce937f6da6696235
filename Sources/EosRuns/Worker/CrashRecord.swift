import CEosGuard
import EosCore
import Foundation

/// What a worker's last moment left in the file `end` of its run: the signal that ended it, its memory, a sentence, the
/// status of an exit.
public struct CrashRecord: Sendable, Equatable {
    /// nil: an exit, of a plugin or because nothing could be recorded.
    public let signal: Int?
    /// Bytes of private memory.
    public let memory: UInt64
    /// "the plugin FILE ended the process by SIGSEGV (...) in its evaluate"
    public let what: String
    /// That a plugin called `exit` with, whatever the process really ended with.
    public let exitStatus: Int?
    /// Bytes of the last allocation that was refused; 0: none was.
    public let refused: UInt64

    /// From here on a fatal signal or an exit of this process is recorded in `directory`.
    static func arm(in directory: RunDirectory) throws(EosError) {
        ending_set_record(try openFile(directory.end, O_WRONLY | O_CREAT | O_TRUNC))
    }

    /// Leaves the reason of an end that can't be recorded elsewhere.
    static func leave(_ reason: String, in directory: RunDirectory) {
        let text = "0\n\(ending_private_memory())\n\(oneLine(reason))\n"
        guard let file = try? openFile(directory.end, O_WRONLY | O_CREAT | O_TRUNC) else { return }
        defer { close(file) }
        _ = Glibc.write(file, text, text.utf8.count)
    }

    /// nil: the last worker left none.
    public init?(of directory: RunDirectory) {
        guard let bytes = RegularFile.contents(directory.end) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let signal = Int(lines[0]), let memory = UInt64(lines[1]) else { return nil }
        self.signal = signal == 0 ? nil : signal
        self.memory = memory
        what = String(lines[2])
        exitStatus = lines.count > 3 ? Int(lines[3]) : nil
        refused = lines.count > 4 ? UInt64(lines[4]) ?? 0 : 0
    }
}
