import EosCore
import Glibc

/// Comma-separated numbers, a sample a line, its class last. A first line without any number is a header; blank lines
/// and lines that begin with '#' are passed over.
struct CSVReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let labels: ClassLabels

    private let file: DataFile
    private let rows: [Row]

    private struct Row {
        let line: Int
        let text: UnsafeRawBufferPointer
    }

    init(_ source: SampleFiles, _ rule: LabelRule, after before: CSVReader?) throws(EosError) {
        file = source.samples
        try file.requireText()
        var rows: [Row] = []
        var numbers: [Int] = []
        var header: (line: Int, columns: Int)?
        var columns = before.map { $0.shape.features + 1 }
        var lines = TextLines(file.bytes)
        while let text = lines.next() {
            let line = CSVLine(text)
            if text.isBlank || line.isComment { continue }
            if rows.isEmpty, header == nil, let names = line.headerColumns {
                if line.beginsWithoutName { throw file.damaged(line: lines.number, Self.rowNames) }
                header = (lines.number, names)
                continue
            }
            if line.isQuoted, let dialect = line.foreignDialect { throw file.damaged(line: lines.number, dialect) }
            try Self.check(line, lines.number, columns, header, file)
            columns = line.columns
            guard let number = line.label else {
                throw file.damaged(
                    line: lines.number,
                    line.foreignDialect
                        ?? "the class in column \(line.columns) is \"\(line.lastCell.excerpt)\"; it must be an integer")
            }
            numbers.append(number)
            rows.append(Row(line: lines.number, text: text))
        }
        guard let columns, !rows.isEmpty else { throw file.damaged("holds no samples; give a file with numbers") }
        count = rows.count
        shape = .table(columns - 1)
        self.rows = rows
        labels = try ClassLabels(numbers, rule, after: before?.labels, in: file) { [file] sample, text in
            file.damaged(line: rows[sample].line, "the class in column \(columns) \(text)")
        }
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) throws(EosError) {
        let row = rows[index]
        samples.labels[place] = labels.classes[index]
        let target = samples.sample(place)
        var scanner = TextScanner(row.text)
        for column in 0..<shape.features {
            guard let value = scanner.number(), value.isFinite, scanner.take() == UInt8(ascii: ",") else {
                let line = CSVLine(row.text)
                throw file.damaged(
                    line: row.line,
                    line.foreignDialect
                        ?? "column \(column + 1) is \"\(line.cell(column).excerpt)\", not a finite number; correct or "
                        + "remove the line")
            }
            guard let number = Scalar(inRange: value) else {
                throw file.damaged(line: row.line, "column \(column + 1) is \(value), \(Scalar.beyondRange)")
            }
            target[column] = number
        }
    }

    private static let rowNames =
        "the first column has no name, like a column of row names; write the file without row names "
        + "(R: row.names = FALSE, pandas: index=False), or name the column"

    /// Throws where a line of data has not as many columns as it must.
    private static func check(
        _ line: CSVLine, _ number: Int, _ columns: Int?, _ header: (line: Int, columns: Int)?, _ file: DataFile
    ) throws(EosError) {
        if line.columns == columns ?? line.columns, line.columns >= 2 {
            guard columns == nil, let header, header.columns > 1, header.columns != line.columns else { return }
            throw file.damaged(
                line: number,
                "has \(line.columns) columns, and the header in line \(header.line) names \(header.columns); write the "
                    + "file without row names (R: row.names = FALSE), or correct the header")
        }
        let expected = columns.map(String.init) ?? "at least 2"
        throw file.damaged(
            line: number,
            line.foreignDialect
                ?? "has \(line.columns) column\(line.columns == 1 ? "" : "s") instead of \(expected); every line "
                + "must hold all features and the class")
    }
}
