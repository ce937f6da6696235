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
        case SIGSEGV: "an access through a bad pointer or past the end of an array, or a stack overflow"
        case SIGBUS: "a file that was truncated while it was mapped, or an unaligned access"
        case SIGILL: "a trap of Swift or of the compiler, or an instruction that this processor does not support"
        case SIGTRAP: "a trap of Swift or a breakpoint"
        case SIGABRT: "a failed assertion, heap corruption found by malloc, or an uncaught exception"
        case SIGFPE: "an integer division by zero, or an enabled floating-point exception"
        case SIGSYS: "a forbidden system call"
        case SIGPIPE: "a write to a pipe without a reader"
        case SIGKILL: "killed from outside, because of memory or another limit"
        case SIGXCPU: "the limit of processor time"
        case SIGXFSZ: "the limit of the file size"
        case SIGTERM, SIGINT, SIGHUP, SIGQUIT: "a request from outside to end"
        case SIGALRM, SIGVTALRM, SIGPROF: "an uncaught timer of the process"
        default: nil
        }
    }
}
