import Dispatch

/// Calls `tick` again and again from a thread of its own, until it goes.
final class Ticker {
    private let timer: any DispatchSourceTimer

    init(every seconds: Double, _ tick: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "eos.ticker", qos: .utility)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + seconds, repeating: seconds)
        timer.setEventHandler(handler: tick)
        timer.resume()
    }

    deinit { timer.cancel() }
}
