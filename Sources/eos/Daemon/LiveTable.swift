import EosCore
import EosRunModel
import Foundation

/// A table of runs on a terminal, drawn again in place.
struct LiveTable {
    private var drawn = 0
    /// Iterations when they were last looked at, for the rates.
    private var seen: [String: (iteration: Int, time: Double)] = [:]
    private var rates: [String: Double] = [:]

    mutating func show(_ follower: RunFollower) throws(Failure) {
        let (columns, rows) = Console.outputSize
        measure(follower.reports)
        // One column stays free: a terminal may wrap a line that fills it. Title and sum take two lines, the cursor one.
        let shown = chosen(follower.reports, most: max(rows - 4, 1))
        var lines = RunTable.table(shown, rates: rates, isLive: true).lines(width: columns - 1)
        let left = follower.reports.count - shown.count
        var sum = RunTable.sum(follower.reports) + (left > 0 ? " (\(left) not shown)" : "")
        if !follower.isConnected { sum += "; eosd does not answer, trying again" }
        lines.append(sum)
        let up = drawn > 0 ? "\u{1b}[\(drawn)A" : ""
        let text = lines.map { "\u{1b}[2K\($0.prefix(columns - 1))\n" }.joined()
        try Console.put(up + text + "\u{1b}[J")
        drawn = lines.count
    }

    /// Where there are more than lines: those that are at work, then those that wait, then those that have ended last.
    private func chosen(_ reports: [RunReport], most: Int) -> [RunReport] {
        guard reports.count > most else { return reports }
        func rank(_ report: RunReport) -> Int {
            switch report.state.phase {
            case .working: 0
            case .waiting, .paused: 1
            case .lost, .ended: 2
            }
        }
        let ranked = reports.indices.sorted {
            let (left, right) = (rank(reports[$0]), rank(reports[$1]))
            return left == right ? (left == 2 ? $0 > $1 : $0 < $1) : left < right
        }
        return ranked.prefix(most).sorted().map { reports[$0] }
    }

    private mutating func measure(_ reports: [RunReport]) {
        let now = monotonicTime()
        for report in reports {
            guard report.state == .running else {
                rates[report.id] = nil
                seen[report.id] = nil
                continue
            }
            guard let last = seen[report.id] else {
                seen[report.id] = (report.summary.numbers.iteration, now)
                continue
            }
            let seconds = now - last.time
            guard seconds >= 1 else { continue }
            rates[report.id] = Double(max(report.summary.numbers.iteration - last.iteration, 0)) / seconds
            seen[report.id] = (report.summary.numbers.iteration, now)
        }
    }
}
