import Foundation

extension FigureScript {
    /// Shades from white to light blue: black figures on them can be read.
    mutating func draw(_ matrix: Matrix) {
        let cells = matrix.values.enumerated().flatMap { row, values in
            values.enumerated().filter(\.element.isFinite).map { "\($0.offset) \(row) \($0.element)" }
        }
        let name = add(cells)
        let values = matrix.values.joined().filter(\.isFinite)
        var (low, high) = (values.min() ?? 0, values.max() ?? 1)
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        func tics(_ names: [String]) -> String {
            names.enumerated().map { "\(Self.quoted($1)) \($0)" }.joined(separator: ", ")
        }
        drawing += """
            set palette defined (0 '#ffffff', 1 '#56B4E9')
            set cbrange [\(low):\(high)]
            set colorbox
            set format cb '%g'
            set cblabel \(Self.quoted(matrix.valueLabel)) noenhanced
            set xlabel \(Self.quoted(matrix.xLabel)) noenhanced
            set ylabel \(Self.quoted(matrix.yLabel)) noenhanced
            set xrange [-0.5:\(Double(matrix.columns.count) - 0.5)]
            set yrange [-0.5:\(Double(matrix.rows.count) - 0.5)]
            set xtics (\(tics(matrix.columns))) noenhanced scale 0
            set ytics (\(tics(matrix.rows))) noenhanced scale 0
            plot \(cells.isEmpty ? "NaN notitle" : cellPlots(name, matrix.decimals))
            set xtics scale 1; set ytics scale 1

            """
    }

    /// What is not known stays white and empty.
    private func cellPlots(_ name: String, _ decimals: Int) -> String {
        "\(name) using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid noborder linecolor palette notitle, \\\n  "
            + "\(name) using 1:2:(sprintf('%.\(decimals)f', $3)) with labels notitle"
    }
}
