import Dispatch

/// Which iterates of a run are recorded, where not all are: those that `telemetry.every` divides or where a probe is due,
/// and the one after each, because the step that starts at an iterate is known, and recorded, at the next.
struct Cadence: Equatable {
    private let intervals: [Int]

    init(_ spec: RunSpec) {
        intervals = [spec.telemetry.every, spec.probes.sharpnessEvery, spec.probes.metricsEvery].filter { $0 > 0 }
    }

    /// Whether all iterates are recorded.
    var isComplete: Bool { intervals.contains(1) }

    func isDue(_ iteration: Int) -> Bool { marks(iteration) || (iteration > 0 && marks(iteration - 1)) }

    /// The first iteration after `iteration` that is due.
    func next(after iteration: Int) -> Int {
        if marks(iteration) { return iteration + 1 }
        return intervals.map { (iteration / $0 + 1) * $0 }.min()!
    }

    private func marks(_ iteration: Int) -> Bool { intervals.contains { iteration % $0 == 0 } }
}

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
