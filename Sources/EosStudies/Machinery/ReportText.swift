import CEos
import EosCore

/// The report of a study as Markdown.
struct ReportText {
    let study: any Study
    let scale: Scale
    let report: StudyReport
    let results: Results
    let total: Int

    var text: String {
        var parts = [
            "# \(study.title)", "\(study.citation)", "\(study.summary)", provenance, report.summary,
            "## What the paper says, and what was measured here", claims,
        ]
        for table in report.tables {
            parts.append("## \(table.title)")
            let files = "[CSV](tables/\(table.name).csv), [Markdown](tables/\(table.name).md)"
            if table.isInReport { parts.append(table.markdown.trimmed) }
            parts.append(files)
        }
        if !report.figures.isEmpty { parts.append("## Figures") }
        for figure in report.figures {
            parts.append("![\(figure.name)](figures/\(figure.name).svg)")
            parts.append(
                "*\(figure.caption)* ([PNG](figures/\(figure.name).png), [gnuplot](figures/\(figure.name).gnuplot))")
        }
        parts += list("What differs from the paper's set-up", report.differences)
        parts += list("Limits", report.limits)
        parts += list(
            "Experiments that gave no result", results.broken.map { "`\($0.key)`: \(oneLine($0.reason))" })
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var provenance: String {
        let command = "eos reproduce \(study.name)" + (scale == .quick ? " --quick" : "")
        var line =
            "Made by `\(command)` (eos \(EOS_VERSION_STRING)): \(total) experiments, "
            + "\((results.seconds / 60).significant(2)) minutes of computing"
        if !results.broken.isEmpty { line += "; **\(results.broken.count) gave no result, see the end**" }
        if scale == .quick {
            line += ". Quick: shorter runs and fewer of them; see the full set for the figures that count"
        }
        return line + "."
    }

    private var claims: String {
        var table = Table(
            "claims", title: "", columns: ["claim", "whose", "measured here", "agrees"].map { Table.Column($0) })
        for claim in report.claims {
            let whose =
                switch claim.source {
                case .paper: "paper"
                case .ours: "ours"
                case .recalled: "paper, as recalled"
                }
            let verdict = claim.agrees.map { $0 ? "yes" : "**no**" } ?? "not decided"
            table.append([.text(claim.statement), .text(whose), .text(claim.measured), .text(verdict)])
        }
        return table.markdown.trimmed
    }

    private func list(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["## \(title)", lines.map { "- \($0)" }.joined(separator: "\n")]
    }
}

extension String {
    fileprivate var trimmed: String { hasSuffix("\n") ? String(dropLast()) : self }
}
