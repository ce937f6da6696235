import EosConformance
import EosJSON
import Foundation

extension CheckReport {
    /// A table for people: a line a check, error curves where something failed, the sum of it all last.
    func text(verbose: Bool) -> String {
        let width = entries.map(\.item.check.count).max() ?? 0
        func padded(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
        var lines = ["\(name ?? "not loaded")  \(file)"]
        for subject in subjects {
            lines.append(subject)
            if let reason = reasonToSkipAll(of: subject) {
                lines.append("  \(padded("all", width))  \(padded(Finding.Verdict.skipped.word, 7))  \(reason)")
                continue
            }
            for entry in entries where entry.item.subject == subject {
                let verdict = entry.verdict
                var head = "  \(padded(entry.item.check, width))  \(padded(verdict.word, 7))  "
                // What passed beside a failure is for those who want it all.
                for finding in entry.findings where verbose || finding.verdict == verdict {
                    let own = finding.verdict == verdict ? "" : "\(finding.verdict.word): "
                    lines.append(head + own + finding.message)
                    head = String(repeating: " ", count: width + 13)
                    let indent = head + "  "
                    if verbose || finding.verdict == .fail {
                        lines += finding.curves.flatMap { $0.lines(indent: indent) }
                    }
                    if verbose { lines += finding.figures.map { indent + $0.text } }
                }
            }
        }
        return (lines + [summary]).joined(separator: "\n")
    }

    /// "21 passed, 1 failed, 2 warnings, 6 skipped".
    private var summary: String {
        let warnings = count(.warning)
        return "\(count(.pass)) passed, \(count(.fail)) failed, \(warnings) warning\(warnings == 1 ? "" : "s"), "
            + "\(count(.skipped)) skipped"
    }

    func json(passed: Bool) -> JSONText {
        [
            "file": .string(file), "plugin": name.map { .string($0) } ?? .null, "ok": .bool(passed),
            "passed": .integer(count(.pass)), "failed": .integer(count(.fail)), "warnings": .integer(count(.warning)),
            "skipped": .integer(count(.skipped)), "checks": .array(entries.map(\.json)),
        ]
    }
}

extension CheckReport.Entry {
    fileprivate var json: JSONText {
        [
            "subject": .string(item.subject), "check": .string(item.check), "title": .string(item.title),
            "verdict": .string(verdict.rawValue), "seconds": .number(seconds),
            "findings": .array(
                findings.map { finding in
                    [
                        "verdict": .string(finding.verdict.rawValue), "message": .string(finding.message),
                        "figures": .array(
                            finding.figures.map {
                                [
                                    "name": .string($0.name), "value": .number($0.value),
                                    "unit": $0.unit.map { .string($0) } ?? .null,
                                ]
                            }),
                        "curves": .array(
                            finding.curves.map { curve in
                                [
                                    "title": .string(curve.title),
                                    "rows": .array(
                                        curve.rows.map { ["h": .number($0.width), "error": .number($0.error)] }),
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension Finding.Verdict {
    /// Failures stand out.
    fileprivate var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "FAIL"
        case .warning: "warning"
        case .skipped: "skipped"
        }
    }
}

extension Finding.Curve {
    fileprivate func lines(indent: String) -> [String] {
        ["\(indent)\(title)", "\(indent)  h         error"]
            + rows.map { indent + String(format: "  %-9.3g %.3g", $0.width, $0.error) }
    }
}

extension Finding.Figure {
    fileprivate var text: String {
        "\(name): \(ProgressDisplay.short(value))" + (unit.map { " \($0)" } ?? "")
    }
}
