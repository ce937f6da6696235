import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM as requests: the first asks to stop, the second ends the process at once.
final class Interrupts {
    private final class Received: Sendable {
        let signal = Mutex<Int32?>(nil)
    }

    private let received = Received()
    private let sources: [any DispatchSourceSignal]

    /// The signal that was received first.
    var signal: Int32? { received.signal.withLock { $0 } }

    /// - Parameter stop: called once, on another thread.
    init(_ stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "eos.interrupts", qos: .userInteractive)
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { number in
            Foundation.signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for (number, source) in zip(numbers, sources) {
            source.setEventHandler { @Sendable [received] in
                let isFirst = received.signal.withLock { signal in
                    defer { signal = signal ?? number }
                    return signal == nil
                }
                guard isFirst else { _exit(128 + number) }
                stop()
            }
            source.resume()
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Writing beyond a limit of the file size or to a pipe that nobody reads is an error to report, not a reason to die.
    static func ignoreWriteSignals() {
        Foundation.signal(SIGPIPE, SIG_IGN)
        Foundation.signal(SIGXFSZ, SIG_IGN)
    }
}
