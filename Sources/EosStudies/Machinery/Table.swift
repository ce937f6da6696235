import EosCore
import Foundation

/// A table of results: all of it as CSV, in full precision, and as Markdown for people.
public struct Table: Sendable {
    public struct Column: Sendable {
        public let title: String
        /// "s"; nil: a number without one, or a text.
        public let unit: String?

        public init(_ title: String, unit: String? = nil) {
            self.title = title
            self.unit = unit
        }

        var heading: String { unit.map { "\(title) [\($0)]" } ?? title }
    }

    public enum Cell: Sendable, Equatable {
        case text(String)
        case integer(Int)
        /// With this many significant digits for people.
        case number(Double, digits: Int = 3)
        /// With this many decimals for people: accuracies, shares.
        case fixed(Double, decimals: Int)
        /// Not known, or makes no sense here.
        case none
    }

    /// Of its files; letters, digits, '-' and '_'.
    public let name: String
    public let title: String
    public let columns: [Column]
    public private(set) var rows: [[Cell]] = []
    /// Whether the report shows it; else it only names the files.
    public let isInReport: Bool

    public init(_ name: String, title: String, columns: [Column], isInReport: Bool = true) {
        self.name = name
        self.title = title
        self.columns = columns
        self.isInReport = isInReport
    }

    /// - Parameter row: a cell a column.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "\(name): \(row.count) cells for \(columns.count) columns")
        rows.append(row)
    }

    /// RFC 4180, with a line feed at the end of each line. NaN and what is not known are empty.
    public var csv: String {
        ([columns.map { Self.quoted($0.heading) }] + rows.map { $0.map { Self.quoted($0.exact) } })
            .map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Numbers to the right.
    public var markdown: String {
        let cells = rows.map { $0.map { Self.escaped($0.short) } }
        let heads = columns.map { Self.escaped($0.heading) }
        let widths = columns.indices.map { column in
            ([heads[column]] + cells.map { $0[column] }).map(\.count).max()!
        }
        let isText = columns.indices.map { column in
            rows.contains { if case .text = $0[column] { true } else { false } }
        }
        func line(_ row: [String]) -> String {
            let padded = row.indices.map { column in
                let space = String(repeating: " ", count: max(widths[column] - row[column].count, 0))
                return isText[column] ? row[column] + space : space + row[column]
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        let rule = columns.indices.map { column in
            let dashes = String(repeating: "-", count: max(widths[column] - (isText[column] ? 0 : 1), 2))
            return isText[column] ? dashes : dashes + ":"
        }
        return line(heads) + line(rule) + cells.map(line).joined()
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes =
            text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
            || text.hasPrefix(" ") || text.hasSuffix(" ")
        return needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
    }

    /// For a cell of a table in Markdown.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "|", with: "\\|").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension Table.Cell {
    var exact: String {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value, _), .fixed(let value, _): value.isNaN ? "" : "\(value)"
        case .none: ""
        }
    }

    var short: String {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value, let digits): value.isNaN ? "" : short(value, digits)
        case .fixed(let value, let decimals): value.isNaN ? "" : String(format: "%.\(decimals)f", value)
        case .none: ""
        }
    }

    private func short(_ value: Double, _ digits: Int) -> String { value.significant(digits) }
}

extension Double {
    /// "0.00123", "1.2e-05": with this many significant digits, for sentences and tables.
    public func significant(_ digits: Int = 3) -> String { String(format: "%.\(digits)g", self) }

    /// "0.950".
    public func decimals(_ count: Int) -> String { String(format: "%.\(count)f", self) }
}
