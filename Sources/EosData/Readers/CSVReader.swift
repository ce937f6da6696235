import CEos
import EosCore
import Glibc

/// Comma-separated numbers, a sample a line, its class last. A first line without any number is a header; blank lines
/// are passed over.
struct CSVReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let classes: Int

    private let file: DataFile
    private let rows: [Row]

    private struct Row {
        let line: Int
        let label: Int32
        let text: UnsafeRawBufferPointer
    }

    init(_ source: DataFiles.Source, classes: Int?, after before: CSVReader?) throws(EosError) {
        file = source.samples
        var rows: [Row] = []
        var columns = before.map { $0.shape.features + 1 }
        var largest: Int32 = -1
        var isFirst = true
        var lines = TextLines(file.bytes)
        while let line = lines.next() {
            if line.isBlank { continue }
            let cells = Self.cells(line)
            defer { isFirst = false }
            if isFirst, Self.isHeader(line) { continue }
            guard cells == columns ?? cells, cells >= 2 else {
                throw file.damaged(
                    "line \(lines.number): has \(cells) columns instead of "
                        + "\(columns.map(String.init) ?? "at least 2"); every line must hold all features and the class"
                )
            }
            columns = cells
            let label = try Self.label(line, lines.number, cells, classes, file)
            largest = max(largest, label)
            rows.append(Row(line: lines.number, label: label, text: line))
        }
        guard let columns, !rows.isEmpty else { throw file.damaged("holds no samples; give a file with numbers") }
        count = rows.count
        shape = .table(columns - 1)
        self.classes = classes ?? Int(largest) + 1
        self.rows = rows
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) throws(EosError) {
        let row = rows[index]
        samples.labels[place] = row.label
        let target = samples.sample(place)
        var scanner = TextScanner(row.text)
        for column in 0..<shape.features {
            guard let value = scanner.number(), value.isFinite, scanner.take() == UInt8(ascii: ",") else {
                throw file.damaged(
                    "line \(row.line): column \(column + 1) is \"\(Self.cell(row.text, column).excerpt)\", not a finite "
                        + "number; correct or remove the line")
            }
            target[column] = Scalar(value)
        }
    }

    private static func cells(_ line: UnsafeRawBufferPointer) -> Int {
        line.reduce(1) { $0 + ($1 == UInt8(ascii: ",") ? 1 : 0) }
    }

    private static func cell(_ line: UnsafeRawBufferPointer, _ column: Int) -> UnsafeRawBufferPointer {
        let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return UnsafeRawBufferPointer(rebasing: cells[column]).trimmed
    }

    private static func isHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        line.split(separator: UInt8(ascii: ",")).allSatisfy { cell in
            var scanner = TextScanner(UnsafeRawBufferPointer(rebasing: cell))
            return scanner.number() == nil || !scanner.isAtEnd
        }
    }

    private static func label(
        _ line: UnsafeRawBufferPointer, _ number: Int, _ cells: Int, _ classes: Int?, _ file: DataFile
    ) throws(EosError) -> Int32 {
        let comma = line.lastIndex(of: UInt8(ascii: ","))!
        let cell = UnsafeRawBufferPointer(rebasing: line[(comma + 1)...])
        let limit = Double(classes ?? Int(Int32.max))
        if cell.count > 0 {
            var scanner = TextScanner(cell)
            if let value = scanner.number(), scanner.isAtEnd, value >= 0, value < limit, value == value.rounded() {
                return Int32(value)
            }
        }
        throw file.damaged(
            "line \(number): the class in column \(cells) is \"\(cell.trimmed.excerpt)\"; it must be an integer of 0 to "
                + "\(classes.map { "\($0 - 1)" } ?? "classes - 1")")
    }
}
