/// Columns of text that fit a width: what matters less is left out, what can be shorter is cut.
public struct TextTable: Sendable {
    public struct Column: Sendable {
        public var title: String
        /// Numbers stand at the right.
        public var isNumber: Bool
        /// Where the width does not do, columns of the smallest rank give way first; nil: this one never does.
        public var rank: Int?
        /// Cells longer than this are cut in their middle when the column gives way; nil: it is left out then.
        public var least: Int?

        public init(_ title: String, isNumber: Bool = false, rank: Int? = nil, least: Int? = nil) {
            self.title = title
            self.isNumber = isNumber
            self.rank = rank
            self.least = least
        }
    }

    private static let gap = 2

    public var columns: [Column]
    public var rows: [[String]]

    public init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The titles and a line a row, none longer than `width` if that can be done; nil: as wide as it needs.
    public func lines(width: Int?) -> [String] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
        }
        // A column without any content is none.
        var shown = columns.indices.filter { index in
            columns[index].rank == nil || rows.contains { !$0[index].isEmpty }
        }
        if let width {
            // Among equals the last gives way first.
            let order = shown.filter { columns[$0].rank != nil }
                .sorted { (columns[$0].rank!, -$0) < (columns[$1].rank!, -$1) }
            for index in order {
                let excess = shown.map { widths[$0] }.reduce(0, +) + Self.gap * (shown.count - 1) - width
                guard excess > 0 else { break }
                if let least = columns[index].least {
                    widths[index] = max(widths[index] - excess, min(least, widths[index]))
                } else {
                    shown.removeAll { $0 == index }
                }
            }
        }
        return ([columns.map(\.title)] + rows).map { row in
            let cells = shown.map { index in
                padded(Self.cut(row[index], to: widths[index]), widths[index], columns[index].isNumber)
            }
            return Self.withoutTrailingBlanks(cells.joined(separator: String(repeating: " ", count: Self.gap)))
        }
    }

    /// "digits-st..0Z-17": its beginning and its end, which tells runs of one spec apart.
    public static func cut(_ text: String, to width: Int) -> String {
        guard text.count > width else { return text }
        guard width > 4 else { return String(text.prefix(width)) }
        let end = (width - 2) / 2
        return text.prefix(width - 2 - end) + ".." + text.suffix(end)
    }

    private func padded(_ text: String, _ width: Int, _ atRight: Bool) -> String {
        let blanks = String(repeating: " ", count: max(width - text.count, 0))
        return atRight ? blanks + text : text + blanks
    }

    private static func withoutTrailingBlanks(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}
