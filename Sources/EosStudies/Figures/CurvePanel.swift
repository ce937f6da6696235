import Foundation

/// Curves, clouds of points and thresholds over two axes.
struct CurvePanel {
    let x: Axis
    let y: Axis
    let series: [Series]
    let lines: [ReferenceLine]
    /// Of the plot, in pixels.
    let size: (width: Double, height: Double)

    /// Markers on a curve.
    private static let markers = 7

    /// Everything but the data, for which `add` gives names.
    func script(_ add: ([String]) -> String) -> String {
        let points = series.flatMap(\.points)
        let across = lines.filter { $0.direction == .horizontal }.map(\.value)
        let upright = lines.filter { $0.direction == .vertical }.map(\.value)
        let xRange = PlotRange(x, points.map(\.x) + upright)
        let seen = points.filter { xRange.shows($0.x) }
        let yRange = PlotRange(y, seen.flatMap { [$0.y, $0.low ?? $0.y, $0.high ?? $0.y] } + across)
        var script = axis("x", x, xRange) + axis("y", y, yRange)
        script += "set grid xtics ytics back lc rgb '#dddddd' lw 1 dt solid\n"
        script += labels(across: yRange, upright: xRange)
        var parts: [String] = []
        for line in lines where line.direction == .horizontal && yRange.shows(line.value) {
            let name = add(["\(xRange.low) \(line.value)", "\(xRange.high) \(line.value)"])
            parts.append("\(name) with lines ls 100 notitle")
        }
        for line in lines where line.direction == .vertical && xRange.shows(line.value) {
            let name = add(["\(line.value) \(yRange.low)", "\(line.value) \(yRange.high)"])
            parts.append("\(name) with lines ls 100 notitle")
        }
        for (index, one) in series.enumerated() {
            parts += plots(one, style: one.style ?? index, xRange, yRange, add)
        }
        if parts.isEmpty { parts = ["NaN notitle"] }
        return script + "plot " + parts.joined(separator: ", \\\n  ") + "\n"
    }

    private func axis(_ name: String, _ axis: Axis, _ range: PlotRange) -> String {
        var script = "set \(name)label \(FigureScript.quoted(axis.label)) noenhanced\n"
        script += "set \(name)range \(range.script)\n"
        if axis.isLogarithmic { script += "set logscale \(name)\n" }
        script += "set format \(name) '\(range.format)'\n"
        if let tics = axis.tics {
            let list = tics.map { "\(FigureScript.quoted($0.1)) \($0.0)" }.joined(separator: ", ")
            script += "set \(name)tics (\(list)) noenhanced\n"
        } else {
            let room = name == "x" ? size.width / 70 : size.height / 36
            script += "set \(name)tics \(range.tics(atMost: Int(room))) enhanced\n"
        }
        return script
    }

    /// Beyond the frame, moved apart where they would overlap.
    private func labels(across: PlotRange, upright: PlotRange) -> String {
        var script = ""
        let beside = lines.filter { $0.direction == .horizontal && across.shows($0.value) && !$0.label.isEmpty }
            .sorted { $0.value < $1.value }
        var last = -Double.infinity
        for line in beside {
            let position = max(across.position(line.value), last + 17 / size.height)
            last = position
            script +=
                "set label \(FigureScript.quoted(line.label)) at graph 1.012, graph \(position) left noenhanced "
                + "textcolor rgb '#505050'\n"
        }
        for line in lines where line.direction == .vertical && upright.shows(line.value) && !line.label.isEmpty {
            let position = upright.position(line.value)
            script +=
                "set label \(FigureScript.quoted(line.label)) at graph \(position), graph 1 center "
                + "offset 0,0.6 noenhanced textcolor rgb '#505050'\n"
        }
        return script
    }

    private func plots(
        _ series: Series, style: Int, _ x: PlotRange, _ y: PlotRange, _ add: ([String]) -> String
    ) -> [String] {
        func isDrawn(_ point: Series.Point) -> Bool {
            point.x.isFinite && point.y.isFinite && (point.x > 0 || !x.isLogarithmic)
                && (point.y > 0 || !y.isLogarithmic)
        }
        let number = SeriesStyle.number(style)
        let drawn = series.points.filter(isDrawn)
        guard !drawn.isEmpty else { return [] }
        // An empty line breaks the curve.
        let name = add(series.points.map { isDrawn($0) ? "\($0.x) \($0.y)" : "" })
        var parts: [String] = []
        let bars = drawn.filter { $0.low != nil && $0.high != nil }
        if !bars.isEmpty {
            let rows = bars.map { "\($0.x) \($0.y) \($0.low!) \($0.high!)" }
            parts.append("\(add(rows)) using 1:2:3:4 with yerrorbars ls \(number) dt solid ps 0 notitle")
        }
        switch series.drawing {
        case .line:
            parts.append("\(name) with lines ls \(number) notitle")
            let marked = markers(drawn, style: style, x)
            if !marked.isEmpty {
                parts.append("\(add(marked.map { "\($0.x) \($0.y)" })) with points ls \(number) notitle")
            }
        case .plainLine: parts.append("\(name) with lines ls \(number) notitle")
        case .points: parts.append("\(name) with points ls \(number) notitle")
        case .linesAndPoints: parts.append("\(name) with linespoints ls \(number) notitle")
        case .dots: parts.append("\(name) with points ls \(number) pt 7 ps 0.25 notitle")
        }
        return parts
    }

    /// A few points of a curve, evenly across the panel, at other places for each style.
    private func markers(_ points: [Series.Point], style: Int, _ x: PlotRange) -> [Series.Point] {
        let shift = Double(style % SeriesStyle.count) / Double(SeriesStyle.count)
        var chosen: [Series.Point] = []
        for k in 0..<Self.markers {
            let wanted = (Double(k) + 0.1 + 0.9 * shift) / Double(Self.markers)
            guard let nearest = points.min(by: { abs(x.position($0.x) - wanted) < abs(x.position($1.x) - wanted) }),
                abs(x.position(nearest.x) - wanted) < 0.5 / Double(Self.markers), chosen.last != nearest
            else { continue }
            chosen.append(nearest)
        }
        return chosen
    }
}

extension FigureScript {
    mutating func draw(_ panel: CurvePanel) {
        var taken = self
        let script = panel.script { taken.add($0) }
        self = taken
        drawing += script
    }
}
