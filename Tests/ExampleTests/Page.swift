import Foundation
import TestSupport
import Testing

/// A page of the documentation, by its path from the root of the package.
struct Page: CustomTestStringConvertible {
    let path: String
    let document: Document

    init(_ path: String) throws {
        self.path = path
        document = try Document(path)
    }

    var testDescription: String { path }

    /// README.md, the other pages at the root, and every page below docs.
    static let all: [Page] = (try? paths().map(Page.init)) ?? []
    static let withCommands = all.filter { !$0.document.blocks("sh").isEmpty }

    static func paths() throws -> [String] {
        let root = try FileManager.default.contentsOfDirectory(atPath: Tree.root)
        let docs = try FileManager.default.subpathsOfDirectory(atPath: "\(Tree.root)/docs").map { "docs/" + $0 }
        return (root + docs).filter { $0.hasSuffix(".md") }.sorted()
    }

    /// Runs every block of a shell in one shell, in their order, in a directory with the examples and the page's files.
    func runCommands(in place: Installation) throws -> CommandResult {
        let directory = try TemporaryDirectory()
        _ = try TestSupport.run("cp examples/foreign/* examples/plugins/* examples-c/rosenbrock.c '\(directory.path)'")
        for block in document.blocks {
            guard let file = block.file else { continue }
            try block.text.write(toFile: "\(directory.path)/\(file)", atomically: true, encoding: .utf8)
        }
        return try place.run(
            """
            cd '\(directory.path)' && mkdir -m 700 state runtime && umask 022
            export PATH=\(place.prefix)/bin:$PATH LD_LIBRARY_PATH=\(place.prefix)/lib XDG_CACHE_HOME=$PWD/cache \
                XDG_STATE_HOME=$PWD/state XDG_RUNTIME_DIR=$PWD/runtime XDG_DATA_HOME=$PWD/data
            unset EOS_SOCKET EOS_HOST EOS_PLUGIN_PATH
            trap 'kill $! 2>/dev/null || true' EXIT
            set -ex
            \(document.blocks("sh").joined(separator: "\n"))
            \(Self.proofs[path] ?? "")
            """)
    }

    /// What the commands of a page must have left behind.
    private static let proofs = [
        "README.md": """
        test "$(wc -l <bowl.csv)" = 202
        test "$(wc -l <runs.txt)" = 6
        """,
        "docs/operations.md": """
        test "$(wc -l <sweep.txt)" = 6
        test "$(wc -l <valley.csv)" -gt 2000
        grep -q openapi openapi.json
        """,
        "docs/training.md": """
        test "$(wc -l <valley.csv)" = 502
        """,
    ]

    /// The lines of blocks fenced as `output` that are not among `output`, numbers aside.
    func missingLines(of output: String) -> [String] {
        let printed = Set(output.split(separator: "\n").map(Self.withoutNumbers))
        return document.blocks("output").flatMap { $0.split(separator: "\n").map(String.init) }
            .filter { !printed.contains(Self.withoutNumbers($0)) }
    }

    private static func withoutNumbers(_ line: some StringProtocol) -> String {
        String(line).replacing(/[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/, with: "#")
    }
}
