/// One line of comma-separated numbers, and what else it may be.
struct CSVLine {
    private let text: UnsafeRawBufferPointer
    let columns: Int

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")

    /// Whether there is a double quote in it.
    let isQuoted: Bool

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        var columns = 1
        var isQuoted = false
        for byte in text {
            if byte == Self.comma { columns += 1 }
            if byte == Self.quote { isQuoted = true }
        }
        self.columns = columns
        self.isQuoted = isQuoted
    }

    var isComment: Bool { text.first { !TextScanner.isBlank($0) } == UInt8(ascii: "#") }

    func cell(_ column: Int) -> UnsafeRawBufferPointer {
        let cells = text.split(separator: Self.comma, omittingEmptySubsequences: false)
        return UnsafeRawBufferPointer(rebasing: cells[column]).trimmed
    }

    var lastCell: UnsafeRawBufferPointer {
        let comma = text.lastIndex(of: Self.comma)
        return UnsafeRawBufferPointer(rebasing: text[(comma.map { $0 + 1 } ?? 0)...]).trimmed
    }

    /// The integer in the last cell; nil where there is none.
    var label: Int? {
        let cell = lastCell
        guard !cell.isEmpty else { return nil }
        var scanner = TextScanner(cell)
        guard let value = scanner.number(), scanner.isAtEnd else { return nil }
        return ClassLabels.integer(value)
    }

    /// How many names the line has; nil where it holds a number, whatever separates it from others, and so is no header.
    var headerColumns: Int? {
        let cells = text.split { $0 == Self.comma || Self.separators.contains($0) }
        for cell in cells {
            let content = UnsafeRawBufferPointer(rebasing: cell).trimmed.unquoted
            guard !content.isEmpty else { continue }
            var scanner = TextScanner(content)
            // A line without any separator is no header of several columns: numbers between blanks are none.
            if scanner.number() != nil, scanner.isAtEnd || cells.count == 1 { return nil }
        }
        return cellsOutsideQuotes
    }

    /// Whether the first of several names of a header is empty.
    var beginsWithoutName: Bool { cellsOutsideQuotes > 1 && cell(0).unquoted.isEmpty }

    private var cellsOutsideQuotes: Int {
        outsideQuotes.reduce(1) { $0 + ($1 == Self.comma ? 1 : 0) }
    }

    /// The bytes that do not stand between double quotes.
    private var outsideQuotes: [UInt8] {
        var isInside = false
        return text.filter { byte in
            if byte == Self.quote { isInside.toggle() }
            return !isInside && byte != Self.quote
        }
    }

    private static let tab: UInt8 = 9
    private static let separators = [UInt8(ascii: ";"), tab, UInt8(ascii: "|")]

    /// What makes a line that was refused one of another format of tables; nil where nothing does.
    var foreignDialect: String? {
        let outside = outsideQuotes
        let convert = "convert the file to columns separated by ',' and decimals with '.'"
        if outside.contains(UInt8(ascii: ";")) { return "holds ';'; \(convert)" }
        if outside.contains(UInt8(ascii: "|")) { return "holds '|'; \(convert)" }
        if Self.hasTabWithinCell(outside) { return "holds a tab between numbers; \(convert)" }
        if let quote = text.first(where: { $0 == Self.quote || $0 == UInt8(ascii: "'") }) {
            let column = 1 + text.prefix { $0 != quote }.reduce(0) { $0 + ($1 == Self.comma ? 1 : 0) }
            return "column \(column) is in quotes: \(cell(column - 1).excerpt); write numbers and classes without "
                + "quotes (R: quote = FALSE)"
        }
        if columns == 1, text.trimmed.contains(UInt8(ascii: " ")) { return "holds spaces between words; \(convert)" }
        return nil
    }

    private static func hasTabWithinCell(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: comma).contains { cell in
            cell.split(whereSeparator: TextScanner.isBlank).count > 1 && cell.contains(tab)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Without the double quotes that it stands in.
    fileprivate var unquoted: UnsafeRawBufferPointer {
        let quote = UInt8(ascii: "\"")
        guard count >= 2, first == quote, last == quote else { return self }
        return UnsafeRawBufferPointer(rebasing: self[1..<count - 1]).trimmed
    }
}
