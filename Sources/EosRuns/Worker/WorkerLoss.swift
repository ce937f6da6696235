import EosProcesses
import EosRunModel
import Glibc

/// Why a worker ended without having recorded the end of its run, and what becomes of the run.
public enum WorkerLoss {
    /// How a process ended, where its parent asks.
    public enum Ending: Sendable, Equatable {
        case exited(Int)
        case signalled(Int)
        /// It was no child of who asks.
        case unknown
    }

    /// - Returns: `lost` where the run may go on; else an end: the same would happen again.
    public static func change(_ ending: Ending, _ record: CrashRecord?, _ limits: RunSpec.Limits) -> StateChange {
        var signal = record?.signal
        if case .signalled(let number) = ending { signal = number }
        let record = record.flatMap { $0.signal == signal ? $0 : nil }
        var change = StateChange(.lost, record?.what ?? sentence(ending), signal: signal, exitCode: record?.exitStatus)
        if change.exitCode == nil, case .exited(let status) = ending { change.exitCode = status }
        if limits.memory > 0, let record, record.hasUsedUp(limits.memory) {
            change.state = .outOfMemory
            change.reason =
                "it exceeded its memory limit of \(limits.memory) bytes; raise limits.memory (\(record.what))"
        } else if signal == Int(SIGXCPU) {
            change.state = .timedOut
            change.reason =
                "it exceeded its limit of \(limits.processorSeconds) s of processor time; raise "
                + "limits.processor_seconds"
        }
        return change
    }

    private static func sentence(_ ending: Ending) -> String {
        switch ending {
        case .exited(0):
            "the worker ended with exit status 0 but recorded no end; its files were removed or replaced, or a "
                + "plugin called _exit(0)"
        case .exited(let status):
            "the worker ended with exit status \(status) and without a reason, as after a call of _exit in a plugin"
        case .signalled(let number):
            "the worker was ended by \(Signal(Int32(number)))"
                + (Signal(Int32(number)).usualCause.map { ": \($0)" } ?? "")
        case .unknown: "the worker has ended without a reason; it was killed, or the machine stopped"
        }
    }
}

extension CrashRecord {
    /// Memory from which on a crash counts as one for lack of memory, relative to the limit: not every refusal is seen.
    private static let nearLimit = 0.9

    fileprivate func hasUsedUp(_ limit: UInt64) -> Bool {
        refused > 0 || Double(memory) >= Self.nearLimit * Double(limit)
    }
}
