import EosCore
import EosStudies
import Foundation

/// Shows how far a reproduction is: two live lines on a terminal, else a plain line now and then.
struct StudyDisplay {
    private static let plainInterval = 10.0

    private let isLive: Bool
    private var lastShown = -Double.infinity
    private var lastDone = -1
    private var drawn = false

    init(live: Bool = Console.standardErrorIsTerminal) { isLive = live }

    mutating func show(_ progress: StudyProgress) {
        if isLive { return draw(progress) }
        let now = monotonicTime()
        guard now - lastShown >= Self.plainInterval || progress.done == progress.total, progress.done != lastDone else {
            return
        }
        lastShown = now
        lastDone = progress.done
        Console.note(head(progress, bar: 0))
    }

    /// Makes room for other lines.
    mutating func clear() {
        guard drawn else { return }
        Console.draw("\u{1b}[1A\u{1b}[2K\u{1b}[1A\u{1b}[2K\r")
        drawn = false
    }

    private mutating func draw(_ progress: StudyProgress) {
        let columns = Console.columns
        let bar = max(min(columns - 60, 40), 10)
        let running = progress.running.isEmpty ? "" : "  " + progress.running.joined(separator: ", ")
        let lines = [head(progress, bar: bar), running]
        let up = drawn ? "\u{1b}[2A" : ""
        Console.draw(up + lines.map { "\u{1b}[2K\($0.prefix(columns - 1))\n" }.joined())
        drawn = true
    }

    /// "flatland [####....] 41 %  17 of 40 experiments  3:10 left".
    private func head(_ progress: StudyProgress, bar width: Int) -> String {
        let filled = Int((progress.share * Double(width)).rounded(.down))
        let bar =
            width > 0
            ? "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] " : ""
        var line =
            "\(progress.study) \(bar)\(Int(progress.share * 100)) %  "
            + "\(progress.done) of \(progress.total) experiments"
        if progress.broken > 0 { line += ", \(progress.broken) broken" }
        if let left = progress.secondsLeft, progress.done < progress.total {
            line += "  \(ProgressDisplay.clock(left)) left"
        }
        return line
    }
}
