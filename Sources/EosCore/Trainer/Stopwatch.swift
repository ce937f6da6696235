import Glibc

/// Wall-clock time spent, which pauses and goes on.
struct Stopwatch {
    private var total = 0.0
    private var started: Double?

    var isRunning: Bool { started != nil }

    /// Seconds spent until now.
    var seconds: Double { total + (started.map { monotonicTime() - $0 } ?? 0) }

    mutating func start() {
        if started == nil { started = monotonicTime() }
    }

    mutating func pause() {
        total = seconds
        started = nil
    }

    mutating func set(_ seconds: Double) {
        total = seconds
        if started != nil { started = monotonicTime() }
    }
}
