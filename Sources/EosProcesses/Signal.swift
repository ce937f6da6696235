import CEosProcesses
import Glibc

/// A signal that ended a process.
public struct Signal: Sendable, Hashable, CustomStringConvertible {
    public let number: Int32

    public init(_ number: Int32) { self.number = number }

    /// "SIGSEGV".
    public var name: String { eos_signal_name(number).map { "SIG" + String(cString: $0) } ?? "signal \(number)" }

    /// "Segmentation fault".
    public var text: String { eos_signal_text(number).map { String(cString: $0) } ?? "unknown signal" }

    /// "SIGSEGV (Segmentation fault)".
    public var description: String { "\(name) (\(text))" }

    /// What a program did that such a signal ended, as a rule; nil where there is no rule.
    public var usualCause: String? {
        switch number {
        case SIGSEGV: "an access through a wild or NULL pointer, past the end of an array, or a stack that overflowed"
        case SIGBUS: "a file that was cut while it was mapped, or an access that is not aligned"
        case SIGILL: "a trap of Swift or of the compiler, or instructions that this processor does not have"
        case SIGTRAP: "a trap of Swift or a breakpoint"
        case SIGABRT: "a failed assertion, damage found by malloc, or an exception that nobody caught"
        case SIGFPE: "a division of integers by zero, or floating-point exceptions that were turned on"
        case SIGSYS: "a system call that is forbidden here"
        case SIGPIPE: "writing to a pipe that nobody reads"
        case SIGKILL: "ended from outside: out of memory, or a limit"
        case SIGXCPU: "the limit on processor time"
        case SIGXFSZ: "the limit on the size of files"
        case SIGTERM, SIGINT, SIGHUP, SIGQUIT: "asked to end from outside"
        case SIGALRM, SIGVTALRM, SIGPROF: "a timer that it set itself and did not catch"
        default: nil
        }
    }
}
