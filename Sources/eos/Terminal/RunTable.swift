import EosClient
import EosRunModel
import Foundation

/// Runs as a table for people, a line a run.
enum RunTable {
    /// - Parameters:
    ///   - rates: iterations a second, by id, where they are known.
    ///   - isLive: names instead of ids where they tell the runs apart, and cut where the line is short: nothing that is
    ///     to be copied.
    static func table(_ reports: [RunReport], rates: [String: Double] = [:], isLive: Bool = false) -> TextTable {
        let namesAreDistinct = Set(reports.map(\.summary.name)).count == reports.count
        return TextTable(
            [
                .init("run", rank: isLive ? 3 : nil, least: 24), .init("state"), .init("iteration", isNumber: true),
                .init("loss", isNumber: true), .init("step*sharp", isNumber: true, rank: 5),
                .init("step", isNumber: true, rank: 2), .init("it/s", isNumber: true, rank: 4),
                .init("time", isNumber: true, rank: 6), .init("policy", rank: 1),
            ],
            rows: reports.map { report in
                let numbers = report.summary.numbers
                // Empty where it is not known.
                func number(_ column: RunColumn) -> String { numbers[column].map { String(format: "%.3g", $0) } ?? "" }
                let rate = rates[report.id].map { $0 < 10 ? String(format: "%.1f", $0) : String(Int($0.rounded())) }
                return [
                    isLive && namesAreDistinct ? report.summary.name : report.id, report.stateText,
                    String(numbers.iteration), number(.loss), number(.stepSharpness), number(.step), rate ?? "",
                    numbers[.seconds].map(ProgressDisplay.clock) ?? "", report.policyName,
                ]
            })
    }

    /// "2 running, 1 queued".
    static func sum(_ reports: [RunReport]) -> String {
        RunState.allCases.compactMap { state in
            let count = reports.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }.joined(separator: ", ")
    }
}

extension RunReport {
    /// As a spec names it: those that eos brings along without their prefix.
    var policyName: String { policy.hasPrefix("eos.") ? String(policy.dropFirst(4)) : policy }

    /// "running", "running (stalled)", "queued (3 before)".
    var stateText: String {
        if isStalled { return "\(state.rawValue) (stalled)" }
        if state.phase == .waiting, let queued { return queued == 0 ? "queued (next)" : "queued (\(queued) before)" }
        return state.rawValue
    }
}
