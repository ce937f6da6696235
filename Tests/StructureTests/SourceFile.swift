import Foundation
import TestSupport

/// A Swift file as its words: what is in comments and strings is left out, what strings interpolate is not.
struct SourceFile {
    /// Below the directory of the target; "." for the directory itself.
    let folder: String
    let name: String
    let code: String
    let lines: Int

    /// The files of every target below `directory`, by the target's name.
    static func targets(in directory: String) throws -> [String: [SourceFile]] {
        let root = URL(filePath: Tree.root).appending(path: directory)
        var targets: [String: [SourceFile]] = [:]
        for path in FileManager.default.enumerator(atPath: root.path())!.compactMap({ $0 as? String }).sorted()
        where path.hasSuffix(".swift") {
            let parts = path.split(separator: "/").map(String.init)
            let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            let folder = parts.dropFirst().dropLast().joined(separator: "/")
            targets[parts[0], default: []].append(
                SourceFile(
                    folder: folder.isEmpty ? "." : folder, name: path, code: Self.code(of: text),
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false).count - 1))
        }
        return targets
    }

    var types: Set<String> { declared(Self.typeKeywords) }
    var functions: Set<String> { declared(["func"]) }

    /// Names that the file declares outside of any type and that other files can use; or else those that it has for
    /// itself, which stand for nobody else's.
    private func declared(_ keywords: Set<String>, own: Bool = false) -> Set<String> {
        var names: Set<String> = []
        for line in code.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let keyword = words.firstIndex(where: keywords.contains), keyword + 1 < words.count else { continue }
            let modifiers = words[..<keyword].filter { !$0.hasPrefix("@") }
            let isOwn = line.first == " " || !Self.modifiers.isSuperset(of: modifiers)
            guard isOwn == own, Self.modifiers.union(["private", "fileprivate"]).isSuperset(of: modifiers) else {
                continue
            }
            names.insert(String(words[keyword + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
        }
        return names
    }

    private static let typeKeywords: Set<String> = ["class", "struct", "enum", "protocol", "actor", "typealias"]

    private static let modifiers: Set<String> = [
        "public", "internal", "package", "final", "indirect", "nonisolated", "open",
    ]

    /// Words that may name a type, and words that may name a function: not members, which follow a dot.
    var words: (types: Set<String>, functions: Set<String>) {
        var words: (types: Set<String>, functions: Set<String>) = ([], [])
        let own = declared(Self.typeKeywords, own: true).subtracting(types)
        let bytes = Array(code.utf8)
        var place = 0
        while place < bytes.count {
            guard Self.isWord(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < bytes.count, Self.isWord(bytes[place]) { place += 1 }
            if start > 0, bytes[start - 1] == UInt8(ascii: ".") { continue }
            let word = String(decoding: bytes[start..<place], as: UTF8.self)
            if !own.contains(word) { words.types.insert(word) }
            if place < bytes.count, bytes[place] == UInt8(ascii: "(") { words.functions.insert(word) }
        }
        return words
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    static func code(of text: String) -> String {
        var reader = CodeReader(text)
        reader.read(closing: false)
        return String(decoding: reader.code, as: UTF8.self)
    }
}

/// Takes comments and the texts of strings out of Swift.
private struct CodeReader {
    var code: [UInt8] = []
    private let text: [UInt8]
    private var place = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    private func sees(_ word: String) -> Bool { text[place...].starts(with: word.utf8) }

    /// Up to the end, or up to the parenthesis that closes an interpolation.
    mutating func read(closing: Bool) {
        var depth = 0
        while place < text.count {
            let byte = text[place]
            if sees("//") {
                while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
                continue
            }
            if byte == UInt8(ascii: "\"") || sees("#\"") {
                readString()
                continue
            }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") {
                if closing, depth == 0 { return }
                depth -= 1
            }
            code.append(byte)
            place += 1
        }
    }

    private mutating func readString() {
        let pounds = text[place] == UInt8(ascii: "#") ? "#" : ""
        place += pounds.utf8.count
        let quotes = sees("\"\"\"") ? "\"\"\"" : "\""
        place += quotes.utf8.count
        code.append(UInt8(ascii: " "))
        while place < text.count, !sees(quotes + pounds) {
            if sees("\\\(pounds)(") {
                place += 2 + pounds.utf8.count
                code.append(UInt8(ascii: " "))
                read(closing: true)
                code.append(UInt8(ascii: " "))
                place += 1
            } else {
                place += pounds.isEmpty && text[place] == UInt8(ascii: "\\") ? 2 : 1
            }
        }
        place += quotes.utf8.count + pounds.utf8.count
        code.append(UInt8(ascii: " "))
    }
}
