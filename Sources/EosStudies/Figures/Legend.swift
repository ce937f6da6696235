/// The titles of a figure's series, each once, in a strip below the panels: it hides nothing.
struct Legend {
    private struct Entry {
        let title: String
        let style: Int
        let drawing: Series.Drawing
    }

    private let entries: [Entry]

    init(_ figure: Figure) {
        var entries: [Entry] = []
        for panel in figure.panels {
            guard case .curves(_, _, let series, _) = panel.content else { continue }
            for (index, one) in series.enumerated()
            where !one.title.isEmpty && !entries.contains(where: { $0.title == one.title }) {
                entries.append(Entry(title: one.title, style: one.style ?? index, drawing: one.drawing))
            }
        }
        self.entries = entries
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// - Parameter width: in pixels.
    func entriesPerRow(_ width: Double) -> Int {
        let widest = Double(entries.map(\.title.count).max() ?? 0) * FigureScript.letter + 66
        let most = max(1, Int(width / widest))
        // Rows of equal length.
        let rows = (max(count, 1) + most - 1) / most
        return (max(count, 1) + rows - 1) / rows
    }

    /// - Parameter share: of the figure's height.
    func script(perRow: Int, share: Double) -> String {
        let keys = entries.map { entry in
            "keyentry \(SeriesStyle.legend(entry.drawing, entry.style)) title \(FigureScript.quoted(entry.title))"
        }
        return """
            unset arrow; unset label; unset logscale; unset grid; unset colorbox; unset border; unset tics
            unset xlabel; unset ylabel
            set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen \(share)
            set xrange [0:1]; set yrange [0:1]
            set key at screen 0.5, screen \(share / 2) center center horizontal maxcols \(perRow) samplen 4 noenhanced \
            noautotitle noopaque
            plot -1 with lines notitle, \(keys.joined(separator: ", "))
            unset key

            """
    }
}
