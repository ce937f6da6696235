/// Colour, dashes and marker of a series, three ways to tell it apart.
///
/// The colours are those of Okabe and Ito, "Color universal design" (2008), without their yellow, which is hardly seen on
/// white.
enum SeriesStyle {
    private static let styles: [(colour: String, dashes: String, marker: Int)] = [
        ("#0072B2", "solid", 7), ("#D55E00", "(14,5)", 9), ("#009E73", "(5,4)", 5), ("#000000", "(16,4,3,4)", 11),
        ("#CC79A7", "(9,3,2,3,2,3)", 13), ("#E69F00", "(24,5)", 6), ("#56B4E9", "(8,8)", 8),
        ("#707070", "(3,3)", 4), ("#000000", "solid", 12),
    ]

    static let count = styles.count

    /// What `ls` 1 to `count` mean, and 100: a threshold.
    static var definitions: String {
        styles.enumerated().map { index, style in
            "set style line \(index + 1) lc rgb '\(style.colour)' lw 2 dt \(style.dashes) pt \(style.marker) ps 0.8"
        }.joined(separator: "\n") + "\nset style line 100 lc rgb '#909090' lw 2.5 dt solid"
    }

    static func number(_ style: Int) -> Int { (style % count + count) % count + 1 }

    /// How an entry of the legend is drawn.
    static func legend(_ drawing: Series.Drawing, _ style: Int) -> String {
        let number = number(style)
        switch drawing {
        case .line, .linesAndPoints: return "with linespoints ls \(number)"
        case .plainLine: return "with lines ls \(number)"
        case .points: return "with points ls \(number)"
        case .dots: return "with points ls \(number) pt 7 ps 0.5"
        }
    }
}
