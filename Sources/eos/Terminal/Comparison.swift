import EosClient
import EosCore
import EosJSON
import EosRunModel
import EosRuns

/// Runs side by side.
struct Comparison {
    private let reports: [RunReport]
    private let difference: SpecDifference
    private let losses: [Double]
    private let reached: [[LossTargets.Reached?]]

    /// - Parameter reached: for each run, for each of the losses.
    init(
        _ reports: [RunReport], _ difference: SpecDifference, losses: [Double], _ reached: [[LossTargets.Reached?]]
    ) {
        self.reports = reports
        self.difference = difference
        self.losses = losses
        self.reached = reached
    }

    /// What the runs are called, then the table in as many parts as the width asks for.
    func lines(width: Int?) -> [String] {
        let letters = reports.indices.map(Self.letter)
        var lines = zip(letters, reports).map { "\($0)  \($1.id)  \($1.stateText)" }
        let rows = specRows + resultRows
        let first = rows.map(\.0.count).max() ?? 0
        var next = 0
        while next < reports.count {
            var shown = next..<next
            var used = first
            while shown.upperBound < reports.count {
                let index = shown.upperBound
                used += 2 + max(rows.map { $0.1[index].count }.max() ?? 0, letters[index].count)
                if let width, used > width, !shown.isEmpty { break }
                shown = next..<index + 1
            }
            let columns = [TextTable.Column("")] + shown.map { TextTable.Column(letters[$0], isNumber: true) }
            let table = TextTable(columns, rows: rows.map { [$0.0] + $0.1[shown] })
            lines.append("")
            lines += table.lines(width: nil)
            next = shown.upperBound
        }
        return lines
    }

    var json: JSONText {
        [
            "runs": .array(reports.map { .string($0.id) }),
            "spec": .object(difference.rows.map { ($0.key, .array($0.values.map { $0?.json ?? .null })) }),
            "results": .object(
                quantities.map { quantity in
                    let values = quantity.values.map { value in
                        value.map { value in
                            quantity.isCount
                                ? Int(exactly: value).map { .integer($0) } ?? .null : JSONText.number(value)
                        } ?? .null
                    }
                    return (quantity.key, .array(values))
                }),
            "to_loss": .array(
                losses.indices.map { index in
                    [
                        "loss": .number(losses[index]),
                        "iterations": .array(reached.map { $0[index].map { .integer($0.iteration) } ?? .null }),
                        "evaluations": .array(reached.map { $0[index].map { .integer($0.evaluations) } ?? .null }),
                    ]
                }),
        ]
    }

    private var specRows: [(String, [String])] {
        difference.rows.map { ($0.key, $0.values.map { $0.map(\.plain) ?? "-" }) }
    }

    private var resultRows: [(String, [String])] {
        var rows = quantities.map { quantity in
            (quantity.title, quantity.values.map { RunNumbers.text($0, isCount: quantity.isCount) })
        }
        for (index, loss) in losses.enumerated() {
            let title = "to loss \(ProgressDisplay.short(loss)), "
            rows.append((title + "iterations", reached.map { $0[index].map { "\($0.iteration)" } ?? "never" }))
            rows.append((title + "evaluations", reached.map { $0[index].map { "\($0.evaluations)" } ?? "never" }))
        }
        return rows
    }

    private struct Quantity {
        let title: String
        /// One a run; nil: not known.
        let values: [Double?]
        let isCount: Bool

        /// As JSON has it: "step_sharpness".
        var key: String { String(title.map { $0 == " " || $0 == "*" ? "_" : $0 }) }
    }

    private var quantities: [Quantity] {
        let summaries = reports.map(\.summary)
        var names: [String] = []
        for name in summaries.flatMap({ $0.metrics.map(\.name) }) where !names.contains(name) { names.append(name) }
        return RunColumn.shown(in: .comparison).map { column in
            Quantity(
                title: column.title, values: summaries.map { $0.numbers[column] }, isCount: column.kind == .count)
        }
            + names.map { name in
                Quantity(
                    title: name, values: summaries.map { $0.metrics.first { $0.name == name }?.value }, isCount: false)
            }
    }

    /// A to Z, then A1 and so on.
    private static func letter(_ index: Int) -> String {
        let letter = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : "\(letter)\(index / 26)"
    }
}

extension Value {
    /// As a spec writes it, strings without quotes.
    fileprivate var plain: String {
        if case .string(let text) = self { return text }
        return description
    }

    fileprivate var json: JSONText {
        switch self {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(Int(value))
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .numbers(let values): .array(values.map { .number($0) })
        case .strings(let values): .array(values.map { .string($0) })
        }
    }
}
