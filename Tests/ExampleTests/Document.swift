import Foundation
import TestSupport

/// A text in Markdown, as the tests hold it against the tree.
struct Document {
    /// A block between fences.
    struct Block {
        let language: String
        let text: String

        /// The file that the block is, if its first line is a comment with nothing but a name: `/* sum.c */`, `# fit.toml`.
        var file: String? {
            let line = text.prefix { $0 != "\n" }
            guard let match = line.wholeMatch(of: #/(?:/\*|//|#|!) ([\w-]+\.(?:c|f90|swift|toml))(?: \*/)?/#) else {
                return nil
            }
            return String(match.1)
        }
    }

    let text: String
    let blocks: [Block]
    /// The text outside of all blocks.
    let prose: String
    private let directory: String

    /// - Parameter path: from the root of the package.
    init(_ path: String) throws {
        let url = URL(filePath: "\(Tree.root)/\(path)")
        text = try String(contentsOf: url, encoding: .utf8)
        directory = url.deletingLastPathComponent().path
        (blocks, prose) = Self.split(text)
    }

    private static func split(_ text: String) -> (blocks: [Block], prose: String) {
        var blocks: [Block] = []
        var prose = ""
        var open: (language: Substring, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(Block(language: String(block.language), text: block.text)) }
                open = open == nil ? (line.dropFirst(3), "") : nil
            } else if open == nil {
                prose += line + "\n"
            } else {
                open?.text += line + "\n"
            }
        }
        return (blocks, prose)
    }

    /// The blocks fenced as `language`.
    func blocks(_ language: String) -> [String] { blocks.filter { $0.language == language }.map(\.text) }

    /// Whether a block fenced as `language` is the file at `path`, from the root of the package.
    func shows(_ path: String, as language: String) throws -> Bool {
        blocks(language).contains(try String(contentsOfFile: "\(Tree.root)/\(path)", encoding: .utf8))
    }

    /// Links to files and to headings that are not there.
    func brokenLinks() -> [String] {
        prose.matches(of: /\]\(([^)#:]*)(#[^)]*)?\)/).compactMap { link in
            let file = link.1.isEmpty ? nil : "\(directory)/\(link.1)"
            if let file, !FileManager.default.fileExists(atPath: file) { return String(link.1) }
            guard let heading = link.2 else { return nil }
            let target = file.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" } ?? text
            return Self.anchors(target).contains(String(heading.dropFirst())) ? nil : String(heading)
        }
    }

    /// As the usual renderers make them: lower case, without marks, blanks as hyphens.
    private static func anchors(_ text: String) -> [String] {
        split(text).prose.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" || $0 == " " }.lowercased()
                .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }.replacing(" ", with: "-")
        }
    }
}
