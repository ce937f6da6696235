import CEosGuard
import Foundation
import Synchronization

/// SIGINT and SIGTERM as requests: the first asks to stop, the second ends the process at once.
///
/// A handler writes to a pipe that a thread reads: whatever a plugin does to the signal mask of its thread, the request
/// arrives. Once in a process.
final class Interrupts {
    private final class Received: Sendable {
        let signal = Mutex<Int32?>(nil)
    }

    private let received = Received()

    /// The signal that was received first.
    var signal: Int32? { received.signal.withLock { $0 } }

    /// - Parameter stop: called once, with the signal, on another thread.
    init(_ stop: @escaping @Sendable (Int32) -> Void) {
        let file = interrupts_open()
        guard file >= 0 else { return }
        Thread.detachNewThread { @Sendable [received] in
            interrupts_admit()
            while let number = Self.next(file) {
                let isFirst = received.signal.withLock { signal in
                    defer { signal = signal ?? number }
                    return signal == nil
                }
                guard isFirst else { _exit(128 + number) }
                stop(number)
            }
        }
    }

    private static func next(_ file: Int32) -> Int32? {
        var byte: UInt8 = 0
        while true {
            let count = read(file, &byte, 1)
            if count == 1 { return Int32(byte) }
            if count < 0, errno == EINTR { continue }
            return nil
        }
    }

    /// From here on the first signal ends the process, with the status that shells give to it: for commands that only
    /// look on, and have nothing to save.
    static func endTheProcess() {
        admit()
        _ = Interrupts { @Sendable signal in _exit(128 + signal) }
    }

    /// From here on both signals reach this thread, even where whoever started the program had them blocked.
    static func admit() { interrupts_admit() }
}
