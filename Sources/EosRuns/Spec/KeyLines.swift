/// The line of every table and key in a TOML text, by dotted path: parsed values do not know where they stood.
///
/// Only messages depend on it, so what looks like a key inside a multi-line string does no harm: the first line wins.
func keyLines(of text: String) -> [String: Int] {
    var lines: [String: Int] = [:]
    var table = ""
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if trimmed.first == "[" {
            let inside = trimmed.drop { $0 == "[" }.prefix { $0 != "]" }
            table = path(inside)
            if lines[table] == nil { lines[table] = index + 1 }
        } else if let equals = trimmed.firstIndex(of: "="), trimmed.first != "#" {
            let key = path(trimmed[..<equals])
            let whole = table.isEmpty ? key : "\(table).\(key)"
            if lines[whole] == nil { lines[whole] = index + 1 }
        }
    }
    return lines
}

/// "a . \"b\"" as "a.b".
private func path(_ text: Substring) -> String {
    String(text.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" && $0 != "\r" })
}
