/// A figure as a script for gnuplot, data included, that writes NAME.svg and NAME.png into the directory where it runs.
package struct FigureScript {
    /// A box in pixels; y grows downwards.
    struct Box {
        var left, right, top, bottom: Double
    }

    /// Pixels of a letter, on average, and of a row of the legend.
    static let letter = 7.4
    private static let legendRow = 24.0
    /// Pixels around the plot of a panel.
    private static let around = Box(left: 80, right: 20, top: 36, bottom: 58)

    private let figure: Figure
    private let width: Double
    private let height: Double
    var data = ""
    var drawing = ""
    private var blocks = 0

    package init(_ figure: Figure) {
        self.figure = figure
        let legend = Legend(figure)
        let columns = max(1, min(figure.columns, figure.panels.count))
        let rows = (figure.panels.count + columns - 1) / columns
        width = Double(columns * figure.panelWidth)
        let perRow = legend.entriesPerRow(width - 20)
        let legendHeight = legend.isEmpty ? 0 : Double((legend.count + perRow - 1) / perRow) * Self.legendRow + 10
        height = Double(rows * figure.panelHeight) + legendHeight
        for (index, panel) in figure.panels.enumerated() {
            let (x, y) = (Double(index % columns * figure.panelWidth), Double(index / columns * figure.panelHeight))
            let box = Box(
                left: x, right: x + Double(figure.panelWidth), top: y, bottom: y + Double(figure.panelHeight))
            draw(panel, in: box)
        }
        if !legend.isEmpty { drawing += legend.script(perRow: perRow, share: legendHeight / height) }
    }

    package var text: String {
        let (w, h) = (Int(width), Int(height))
        let common = "enhanced font 'Helvetica,14' background rgb 'white'"
        return """
            # Written by eos reproduce: `gnuplot \(figure.name).gnuplot` draws \(figure.name).svg and .png again.
            set encoding utf8
            \(SeriesStyle.definitions)
            \(data)
            set terminal svg size \(w),\(h) \(common)
            set output '\(figure.name).svg'
            set multiplot
            \(drawing)
            unset multiplot
            set terminal pngcairo size \(2 * w),\(2 * h) fontscale 1.5 linewidth 2 pointscale 2 \(common)
            set output '\(figure.name).png'
            set multiplot
            \(drawing)
            unset multiplot
            unset output

            """
    }

    /// Takes in a block of data.
    ///
    /// - Returns: its name.
    mutating func add(_ rows: [String]) -> String {
        blocks += 1
        data += "$data\(blocks) << END\n" + rows.map { $0 + "\n" }.joined() + "END\n"
        return "$data\(blocks)"
    }

    private var labelWidth: Double {
        let labels = figure.panels.flatMap { panel -> [String] in
            guard case .curves(_, _, _, let lines) = panel.content else { return [] }
            return lines.filter { $0.direction == .horizontal }.map(\.label)
        }
        return Double(labels.map(\.count).max() ?? 0) * Self.letter
    }

    private mutating func draw(_ panel: Panel, in box: Box) {
        var inner = Box(
            left: box.left + Self.around.left, right: box.right - Self.around.right, top: box.top + Self.around.top,
            bottom: box.bottom - Self.around.bottom)
        switch panel.content {
        case .curves(let x, let y, let series, let lines):
            // Labels of lines stand beyond the frame; panels under each other end at the same place.
            inner.right -= labelWidth
            if lines.contains(where: { $0.direction == .vertical && !$0.label.isEmpty }) { inner.top += 20 }
            place(inner, panel.title, titleAt: box.top + 18)
            let size = (inner.right - inner.left, inner.bottom - inner.top)
            draw(CurvePanel(x: x, y: y, series: series, lines: lines, size: size))
        case .matrix(let matrix):
            inner.right -= 80
            inner.left += max(Double(matrix.rows.map(\.count).max() ?? 0) - 3, 0) * Self.letter
            place(inner, panel.title, titleAt: box.top + 18)
            draw(matrix)
        }
    }

    private mutating func place(_ inner: Box, _ title: String, titleAt y: Double) {
        drawing += """
            unset arrow; unset label; unset logscale; unset key; unset grid; unset colorbox
            set border 31 lw 1 lc rgb '#404040'
            set lmargin at screen \(inner.left / width); set rmargin at screen \(inner.right / width)
            set bmargin at screen \(1 - inner.bottom / height); set tmargin at screen \(1 - inner.top / height)
            set xtics autofreq norotate; set ytics autofreq
            set label \(Self.quoted(title)) at screen \((inner.left + inner.right) / 2 / width), screen \(1 - y / height) \
            center noenhanced

            """
    }

    /// As gnuplot reads a text between single quotes.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
    }
}
