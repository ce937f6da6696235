import EosRunModel
import Foundation

extension RunReport {
    /// A run for people: what it is, how it goes, where it lies.
    var text: String {
        let numbers = summary.numbers
        var lines: [(String, String)] = [
            ("run", id), ("name", summary.name), ("state", "\(stateText): \(summary.reason)"),
        ]
        if let signal { lines.append(("signal", "\(signal)")) }
        if let exitCode { lines.append(("exit code", "\(exitCode)")) }
        lines += [
            ("objective", objective), ("policy", policy), ("iterations", "\(numbers.iteration)"),
            ("evaluations", numbers.evaluationText), ("loss", numbers.lossText),
            ("gradient norm", numbers.text(.gradientNorm)), ("step", numbers.text(.step)),
        ]
        if numbers[.sharpness] != nil {
            lines += [("sharpness", numbers.sharpnessText), ("step*sharpness", numbers.text(.stepSharpness))]
        }
        lines += summary.metrics.map { ($0.name, RunNumbers.text($0.value)) }
        lines.append(("time", "\(ProgressDisplay.clock(numbers[.seconds] ?? 0)) of training"))
        lines.append(("submitted", created.map(Self.date) ?? "-"))
        if let started { lines.append(("started", Self.date(started))) }
        if let ended { lines.append(("ended", Self.date(ended))) }
        if let pid { lines.append(("process", "\(pid)")) }
        if restarts > 0 { lines.append(("restarts", "\(restarts)")) }
        lines.append(("directory", summary.directory))
        if let parameters = summary.parameters { lines.append(("checkpoint", parameters)) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
            .joined(separator: "\n")
    }

    /// "2026-01-31 23:59:59", in the time of the user's place.
    private static func date(_ seconds: Double) -> String {
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
