import Foundation
import TestSupport
import Testing

import EosStudies

struct FigureTests {
    /// Everything that a figure may hold, and what could upset gnuplot.
    static let everything: Figure = {
        let x = (0..<200).map(Double.init)
        let curves = (0..<9).map { style in
            Series("style_\(style)", x: x, y: x.map { 1 + cos($0 / 20 + Double(style)) + 0.4 * Double(style) })
        }
        let odd = Series("it's {odd}", x: x, y: x.map { $0 == 50 ? .nan : $0 == 51 ? .infinity : $0 * $0 }, style: 1)
        let measured = Series(
            "measured",
            (1...8).map { .init(Double($0), pow(Double($0), -2), low: 0.5 / pow(Double($0), 2), high: 0.2) },
            style: 0, .points)
        let theory = Series("theory", x: [1, 8], y: [1, 1.0 / 64], style: 3, .plainLine)
        let dots = Series("dots", x: x, y: x.map { abs(sin($0 * 7)) + 0.01 }, style: 2, .dots)
        return Figure(
            "everything", caption: "All kinds of panels.",
            panels: [
                Panel(
                    "nine styles", x: Axis("iteration"), y: Axis("loss [1]", to: 6), curves,
                    lines: [
                        ReferenceLine(at: 2, "2"), ReferenceLine(at: 2.05, "2.05"),
                        ReferenceLine(.vertical, at: 100, "half"),
                        ReferenceLine(at: 1e9, "not seen"),
                    ]),
                Panel(
                    "odd_values", x: Axis("x"), y: Axis("x^2", log: true), [odd], lines: [ReferenceLine(at: 2, "2/K")]),
                Panel(
                    "bars", x: Axis("n", log: true, from: 0.9, to: 9, tics: [(1, "one"), (8, "eight")]),
                    y: Axis("error", log: true), [measured, theory]),
                Panel(
                    "dots", x: Axis("i"), y: Axis("y", from: 0), [dots],
                    lines: [ReferenceLine(.vertical, at: 42, "n = 42")]),
                Panel("nothing", x: Axis("x", log: true), y: Axis("y", log: true), []),
                Panel(
                    "a matrix",
                    matrix: Matrix(
                        x: "test noise", columns: ["0", "0.1", "0.2"], y: "training noise", rows: ["none", "some"],
                        [[0.5, 0.75, .nan], [0.9, 0.1, 0.33]], label: "accuracy")),
            ], columns: 2)
    }()

    @Test("gnuplot draws every kind of panel without a word", .enabled(if: isInstalled("gnuplot")))
    func everything() throws {
        let place = try TemporaryDirectory()
        try Data(FigureScript(Self.everything).text.utf8).write(to: URL(filePath: place.path + "/everything.gnuplot"))
        let result = try run("gnuplot everything.gnuplot", in: place.path)
        #expect(result.status == 0)
        #expect(result.output == "")
        let png = try #require(FileManager.default.contents(atPath: place.path + "/everything.png"))
        #expect(png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
        let svg = try place.text("everything.svg")
        #expect(svg.contains("</svg>"))
        // Every title is in the legend or above its panel, as it was given.
        for text in ["style_8", "it&apos;s {odd}", "theory", "odd_values", "training noise", "2/K", "n = 42"] {
            let plain = text.replacing("&apos;", with: "'")
            #expect(svg.contains(text) || svg.contains(plain), "\(text)")
        }
        #expect(!svg.contains("not seen"))
        if let keep = ProcessInfo.processInfo.environment["EOS_KEEP_FIGURES"] {
            try png.write(to: URL(filePath: keep + "/everything.png"))
        }
    }

    @Test("a series has one style in all panels, and one entry in the legend")
    func legend() {
        let one = Panel("a", x: Axis("x"), y: Axis("y"), [Series("nls", x: [1], y: [1], style: 4)])
        let figure = Figure("f", caption: "", panels: [one, one, one])
        let text = FigureScript(figure).text
        // Once for each terminal.
        #expect(text.components(separatedBy: "title 'nls'").count == 3)
        #expect(text.contains("keyentry with linespoints ls 5 title 'nls'"))
    }

    @Test("ranges hold the data and the thresholds")
    func ranges() {
        let range = PlotRange(Axis("y"), [0, 10, .nan, .infinity])
        #expect(abs(range.low + 0.4) < 1e-12)
        #expect(abs(range.high - 10.4) < 1e-12)
        #expect(abs(range.position(5) - 0.5) < 1e-12)
        let log = PlotRange(Axis("y", log: true), [0, -1, 1, 100])
        #expect(log.low < 1 && log.low > 0.5)
        #expect(abs(log.position(10) - 0.5) < 1e-12)
        #expect(!log.shows(0))
        #expect(PlotRange(Axis("y", from: 2, to: 3), [0]).script == "[2.0:3.0]")
        // One value alone, and none.
        #expect(PlotRange(Axis("y"), [7]).shows(7))
        #expect(PlotRange(Axis("y"), []).shows(0.5))
        // A run that diverged has losses up to the largest number there is.
        for values in [[1, 1e308], [-1e308, 1e308], [.leastNonzeroMagnitude, .greatestFiniteMagnitude]] {
            for isLogarithmic in [false, true] {
                let wide = PlotRange(Axis("y", log: isLogarithmic), values)
                #expect(wide.low.isFinite && wide.high.isFinite && wide.low < wide.high, "\(values): \(wide.script)")
                #expect(!isLogarithmic || wide.low > 0)
            }
        }
    }

    @Test("without a gnuplot that can draw, it says so and how to get one")
    func missing() throws {
        let place = try TemporaryDirectory()
        let error = #expect(throws: (any Error).self) { _ = try Gnuplot(search: "\(place.path):/nowhere") }
        #expect("\(error!)".contains("apt-get install gnuplot-nox"))
        try Data("#!/bin/sh\necho 'unknown terminal pngcairo' >&2\nexit 1\n".utf8)
            .write(to: URL(filePath: place.path + "/gnuplot"))
        chmod(place.path + "/gnuplot", 0o755)
        let other = #expect(throws: (any Error).self) { _ = try Gnuplot(search: place.path) }
        #expect("\(other!)".contains("unknown terminal pngcairo"))
    }
}
