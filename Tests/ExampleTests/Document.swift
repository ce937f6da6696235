import Foundation
import TestSupport

/// A text in Markdown, as the tests hold it against the tree.
struct Document {
    let text: String
    private let directory: String

    /// - Parameter path: from the root of the package.
    init(_ path: String) throws {
        let url = URL(filePath: "\(Tree.root)/\(path)")
        text = try String(contentsOf: url, encoding: .utf8)
        directory = url.deletingLastPathComponent().path
    }

    /// The blocks fenced as `language`.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var open: (language: Substring, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open {
                    if block.language == language { blocks.append(block.text) }
                    open = nil
                } else {
                    open = (line.dropFirst(3), "")
                }
            } else {
                open?.text += line + "\n"
            }
        }
        return blocks
    }

    /// Whether a block fenced as `language` is the file at `path`, from the root of the package.
    func shows(_ path: String, as language: String) throws -> Bool {
        blocks(language).contains(try String(contentsOfFile: "\(Tree.root)/\(path)", encoding: .utf8))
    }

    /// Links to files and to headings that are not there.
    func brokenLinks() -> [String] {
        text.matches(of: /\]\(([^)#:]*)(#[^)]*)?\)/).compactMap { link in
            let file = link.1.isEmpty ? nil : "\(directory)/\(link.1)"
            if let file, !FileManager.default.fileExists(atPath: file) { return String(link.1) }
            guard let heading = link.2 else { return nil }
            let target = file.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" } ?? text
            return Self.anchors(target).contains(String(heading.dropFirst())) ? nil : String(heading)
        }
    }

    /// As the usual renderers make them: lower case, without marks, blanks as hyphens.
    private static func anchors(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" || $0 == " " }.lowercased()
                .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }.replacing(" ", with: "-")
        }
    }
}
