import CEos
import EosCore

/// On which line each key of a TOML text stands: the parser does not tell. An element of an array of tables has its
/// number in its key: "objective.0.value".
public struct LineIndex {
    private var lines: [String: Int] = [:]

    public init(_ text: String) {
        var table = ""
        /// How many elements each array of tables has so far.
        var counts: [String: Int] = [:]
        // By bytes: CR and LF together are one Character. A byte order mark belongs to no key.
        let bytes = text.utf8.dropFirst(text.unicodeScalars.first == "\u{feff}" ? 3 : 0)
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let trimmed = Substring(line).drop { $0 == " " || $0 == "\t" }
            if trimmed.first == "[" {
                let inside = trimmed.drop { $0 == "[" }.prefix { $0 != "]" }
                table = Self.resolve(Self.parts(inside), isElement: trimmed.hasPrefix("[["), &counts)
                note(table, index + 1)
            } else if let equals = trimmed.firstIndex(of: "="), trimmed.first != "#" {
                let key = Self.parts(trimmed[..<equals]).joined(separator: ".")
                note(table.isEmpty ? key : "\(table).\(key)", index + 1)
            }
        }
    }

    /// The line of a key, or of the table or inline table that it stands in.
    public func line(of key: String) -> Int? {
        var path = key[...]
        while true {
            if let line = lines[String(path)] { return line }
            guard let dot = path.lastIndex(of: ".") else { return nil }
            path = path[..<dot]
        }
    }

    private mutating func note(_ key: String, _ line: Int) { if lines[key] == nil { lines[key] = line } }

    /// A header's parts with the numbers of the elements that they mean: always the last one so far.
    private static func resolve(_ parts: [String], isElement: Bool, _ counts: inout [String: Int]) -> String {
        var path = ""
        for (index, part) in parts.enumerated() {
            path = path.isEmpty ? part : "\(path).\(part)"
            if isElement, index == parts.count - 1 { counts[path, default: 0] += 1 }
            if let count = counts[path] { path += ".\(count - 1)" }
        }
        return path
    }

    private static func parts(_ text: Substring) -> [String] {
        text.split(separator: ".").prefix(32).map { part in
            String(part.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" && $0 != "\r" })
        }
    }
}
