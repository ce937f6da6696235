import CEosGuard
import EosCore
import Foundation

/// What a worker's last moment left in the file `end` of its run: the signal that ended it, its memory, a sentence.
public struct CrashRecord: Sendable, Equatable {
    public let signal: Int
    /// Bytes of private memory.
    public let memory: UInt64
    /// "the plugin FILE ended the process by SIGSEGV (...) in its evaluate"
    public let what: String

    /// From here on a fatal signal of this process is recorded in `directory`.
    static func arm(in directory: RunDirectory) throws(EosError) {
        let file = open(directory.end, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw EosError.file(directory.end, errno) }
        ending_set_record(file)
    }

    /// nil: the last worker left none.
    public init?(of directory: RunDirectory) {
        guard let data = FileManager.default.contents(atPath: directory.end) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let signal = Int(lines[0]), let memory = UInt64(lines[1]) else { return nil }
        self.signal = signal
        self.memory = memory
        what = String(lines[2])
    }
}
