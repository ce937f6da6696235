import CEos
import EosCore
import EosRuns
import Foundation

/// Shows how a run goes: two live lines on a terminal, else a plain line now and then.
struct ProgressDisplay {
    private static let liveInterval = 0.1
    private static let plainInterval = 10.0

    private let spec: RunSpec
    private let isLive: Bool
    private let iterations: Int
    private let limit: Double
    private var started: (time: Double, iteration: Int)?
    private var lastShown = -Double.infinity
    private var drawn = false

    init(_ spec: RunSpec, live: Bool = Console.standardErrorIsTerminal) {
        self.spec = spec
        isLive = live
        iterations = Int((try? spec.stop.integer("iterations")) ?? 0)
        limit = (try? spec.stop.number("seconds")) ?? 0
    }

    mutating func show(_ progress: eos_progress) {
        let now = monotonicTime()
        if started == nil { started = (now, Int(progress.iteration)) }
        guard now - lastShown >= (isLive ? Self.liveInterval : Self.plainInterval) else { return }
        let isFirst = lastShown == -.infinity
        lastShown = now
        if isLive {
            draw(progress, now)
        } else if !isFirst || progress.iteration == 0 {
            Console.note("iteration \(progress.iteration): \(numbers(progress)), \(Self.clock(progress.seconds))")
        }
    }

    /// Makes room for other lines.
    mutating func clear() {
        guard drawn else { return }
        Console.draw("\u{1b}[1A\u{1b}[2K\u{1b}[1A\u{1b}[2K\r")
        drawn = false
    }

    private mutating func draw(_ progress: eos_progress, _ now: Double) {
        let columns = Console.columns
        let lines = [head(progress, now, columns), "  " + numbers(progress)]
        let up = drawn ? "\u{1b}[2A" : ""
        Console.draw(up + lines.map { "\u{1b}[2K\($0.prefix(columns - 1))\n" }.joined())
        drawn = true
    }

    /// "digits [####....] 41 %  iteration 2050 of 5000  0:12 left".
    private func head(_ progress: eos_progress, _ now: Double, _ columns: Int) -> String {
        let share = share(progress)
        let width = max(min(columns - 60, 40), 10)
        let filled = Int((share * Double(width)).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        var line = "\(spec.name) [\(bar)] \(Int(share * 100)) %  iteration \(progress.iteration)"
        if iterations > 0 { line += " of \(iterations)" }
        if let left = secondsLeft(progress, now) { line += "  \(Self.clock(left)) left" }
        return line
    }

    private func share(_ progress: eos_progress) -> Double {
        let byIterations = iterations > 0 ? Double(progress.iteration) / Double(iterations) : 0
        return min(max(byIterations, limit > 0 ? progress.seconds / limit : 0), 1)
    }

    /// At the rate of this session, until the first of the budgets.
    private func secondsLeft(_ progress: eos_progress, _ now: Double) -> Double? {
        guard let started, now - started.time > 1 else { return nil }
        var left = Double.infinity
        let done = Double(Int(progress.iteration) - started.iteration)
        if iterations > 0, done > 0 {
            left = (Double(iterations) - Double(progress.iteration)) * (now - started.time) / done
        }
        if limit > 0 { left = min(left, limit - progress.seconds) }
        return left.isFinite ? max(left, 0) : nil
    }

    /// "loss 0.00123  step 0.25  sharpness 7.98  step*sharpness 1.99".
    private func numbers(_ progress: eos_progress) -> String {
        var parts = ["loss \(Self.short(progress.value))", "|g| \(Self.short(progress.gradient_norm))"]
        if progress.step.isFinite { parts.append("step \(Self.short(progress.step))") }
        if progress.sharpness.isFinite {
            parts.append("sharpness \(Self.short(progress.sharpness))")
            if progress.step.isFinite {
                parts.append("step*sharpness \(Self.short(progress.step * progress.sharpness))")
            }
        }
        return parts.joined(separator: "  ")
    }

    /// Four significant digits.
    static func short(_ number: Double) -> String { String(format: "%.4g", number) }

    /// "0:07", "1:02:03".
    static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }
}
