/// A figure of one or more panels over one legend, drawn by gnuplot as SVG and PNG.
///
/// Series are told apart by colour (Okabe and Ito's, which the colour-blind tell apart), dashes and markers, all three by
/// their `style`: give the same thing the same style in every panel, and one title: the legend shows each title once.
public struct Figure: Sendable {
    /// Of its files; letters, digits, '-' and '_'.
    public let name: String
    /// What is to be seen, for under the figure in the report.
    public let caption: String
    public let panels: [Panel]
    /// Panels beside each other.
    public let columns: Int
    /// Of one panel, in pixels of the SVG; the PNG has twice as many.
    public let panelWidth: Int
    public let panelHeight: Int

    public init(
        _ name: String, caption: String, panels: [Panel], columns: Int = 1, panelWidth: Int = 520,
        panelHeight: Int = 340
    ) {
        self.name = name
        self.caption = caption
        self.panels = panels
        self.columns = columns
        self.panelWidth = panelWidth
        self.panelHeight = panelHeight
    }
}

public struct Axis: Sendable {
    /// With the unit: "time [s]".
    public let label: String
    public let isLogarithmic: Bool
    /// nil: from the data.
    public let minimum: Double?
    public let maximum: Double?
    /// Where tics stand, with what they say; nil: gnuplot's.
    public let tics: [(Double, String)]?

    public init(
        _ label: String, log isLogarithmic: Bool = false, from minimum: Double? = nil, to maximum: Double? = nil,
        tics: [(Double, String)]? = nil
    ) {
        self.label = label
        self.isLogarithmic = isLogarithmic
        self.minimum = minimum
        self.maximum = maximum
        self.tics = tics
    }
}

public struct Panel: Sendable {
    enum Content: Sendable {
        case curves(x: Axis, y: Axis, series: [Series], lines: [ReferenceLine])
        case matrix(Matrix)
    }

    public let title: String
    let content: Content

    public init(_ title: String, x: Axis, y: Axis, _ series: [Series], lines: [ReferenceLine] = []) {
        self.title = title
        content = .curves(x: x, y: y, series: series, lines: lines)
    }

    public init(_ title: String, matrix: Matrix) {
        self.title = title
        content = .matrix(matrix)
    }
}

/// A curve or a cloud of points.
public struct Series: Sendable {
    public enum Drawing: Sendable {
        /// With a few markers on it, so that curves are told apart without colour.
        case line
        /// Markers only.
        case points
        /// A marker at every point.
        case linesAndPoints
        /// A line and nothing else: a theory beside points.
        case plainLine
        /// Small dots, for thousands of points.
        case dots
    }

    public struct Point: Sendable, Equatable {
        public let x: Double
        public let y: Double
        /// Ends of an error bar; nil: none.
        public let low: Double?
        public let high: Double?

        public init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
        }
    }

    /// In the legend; empty: not there.
    public let title: String
    /// A point that is not finite breaks the line.
    public let points: [Point]
    /// 0 to 8: colour, dashes and marker; nil: its position in the panel.
    public let style: Int?
    public let drawing: Drawing

    public init(_ title: String, _ points: [Point], style: Int? = nil, _ drawing: Drawing = .line) {
        self.title = title
        self.points = points
        self.style = style
        self.drawing = drawing
    }

    public init(_ title: String, x: [Double], y: [Double], style: Int? = nil, _ drawing: Drawing = .line) {
        self.init(title, zip(x, y).map { Point($0, $1) }, style: style, drawing)
    }
}

/// A threshold: a grey line across the panel, with its label in the margin.
public struct ReferenceLine: Sendable {
    public enum Direction: Sendable { case horizontal, vertical }

    public let value: Double
    public let label: String
    public let direction: Direction

    public init(_ direction: Direction = .horizontal, at value: Double, _ label: String) {
        self.value = value
        self.label = label
        self.direction = direction
    }
}

/// Numbers over rows and columns, as shades and figures.
public struct Matrix: Sendable {
    public let xLabel: String
    public let yLabel: String
    /// What the shade stands for.
    public let valueLabel: String
    public let columns: [String]
    public let rows: [String]
    /// values[row][column]; row 0 is at the bottom.
    public let values: [[Double]]
    public let decimals: Int

    public init(
        x xLabel: String, columns: [String], y yLabel: String, rows: [String], _ values: [[Double]],
        label valueLabel: String, decimals: Int = 2
    ) {
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.valueLabel = valueLabel
        self.columns = columns
        self.rows = rows
        self.values = values
        self.decimals = decimals
    }
}
