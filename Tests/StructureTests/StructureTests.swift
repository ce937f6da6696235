import Foundation
import TestSupport
import Testing

/// What the tree of sources is held to, so that a folder can be understood without the one that uses it.
@Suite struct StructureTests {
    private static func sources() throws -> [String: [SourceFile]] {
        try SourceFile.targets(in: "Sources").merging(SourceFile.targets(in: "plugins")) { $0 + $1 }
    }

    @Test func noFoldersUseEachOtherInACircle() throws {
        for (target, files) in try Self.sources() {
            let graph = FolderGraph(files)
            #expect(graph.circle == nil, "\(target): \(graph.circle.map { graph.explain($0) } ?? "")")
        }
    }

    @Test func noTypeIsDeclaredInTwoTargets() throws {
        var targets: [String: Set<String>] = [:]
        for (target, files) in try Self.sources() {
            for type in files.flatMap(\.types) { targets[type, default: []].insert(target) }
        }
        for (type, places) in targets where places.count > 1 {
            Issue.record("\(type) is declared in \(places.sorted().joined(separator: " and "))")
        }
    }

    @Test(arguments: ["Sources", "plugins", "Tests", "Benchmarks", "examples"])
    func noFileHasMoreThan400Lines(directory: String) throws {
        for file in try SourceFile.targets(in: directory).values.joined() {
            #expect(file.lines <= 400, "\(directory)/\(file.name)")
        }
    }

    /// The measure itself: a circle of three is found and told by the words that close it; comments and texts count for
    /// nothing, what a text interpolates counts.
    @Test func aCircleIsFound() throws {
        func file(_ folder: String, _ code: String) -> SourceFile {
            SourceFile(folder: folder, name: "\(folder)/F.swift", code: SourceFile.code(of: code), lines: 1)
        }
        let first = file("A", "public struct Alpha { let b: Beta }")
        let second = file("B", "final class Beta {\n    let text = \"\\(Gamma(\"x\").text) Delta\" // Delta\n}")
        let third = file("C", "enum Gamma {}\nextension Alpha.Part {}")
        let graph = FolderGraph([first, second, third, file("D", "struct Delta { let a: Alpha }")])
        let circle = try #require(graph.circle)
        #expect(Set(circle) == ["A", "B", "C"])
        for word in ["Alpha", "Beta", "Gamma"] { #expect(graph.explain(circle).contains(word)) }
        let harmless = file("C", "enum Gamma {}\nprivate struct Alpha {}\n// Alpha")
        #expect(FolderGraph([first, second, harmless]).circle == nil)
        let call = file("A", "func alpha() { beta() }")
        #expect(FolderGraph([call, file("B", "func beta() { alpha() }")]).circle == ["A", "B"])
        #expect(FolderGraph([call, file("B", "func beta() { x.alpha() }")]).circle == nil)
    }
}

/// Which folders of a target use types and functions of which others.
struct FolderGraph {
    /// By folder and other folder: the words of the one that the other declares.
    private var uses: [String: [String: Set<String>]] = [:]

    init(_ files: [SourceFile]) {
        var types: [String: Set<String>] = [:]
        var functions: [String: Set<String>] = [:]
        for file in files {
            for name in file.types { types[name, default: []].insert(file.folder) }
            for name in file.functions { functions[name, default: []].insert(file.folder) }
        }
        for file in files {
            for (words, declared) in [(file.words.types, types), (file.words.functions, functions)] {
                for word in words {
                    guard let folders = declared[word], !folders.contains(file.folder) else { continue }
                    for folder in folders { uses[file.folder, default: [:]][folder, default: []].insert(word) }
                }
            }
        }
    }

    /// Folders each of which uses the next, and the last the first; nil where there are none.
    var circle: [String]? {
        var finished: Set<String> = []
        func search(_ path: [String]) -> [String]? {
            for next in (uses[path.last!] ?? [:]).keys.sorted() where !finished.contains(next) {
                if let start = path.firstIndex(of: next) { return Array(path[start...]) }
                if let found = search(path + [next]) { return found }
            }
            finished.insert(path.last!)
            return nil
        }
        for folder in uses.keys.sorted() where !finished.contains(folder) {
            if let found = search([folder]) { return found }
        }
        return nil
    }

    func explain(_ circle: [String]) -> String {
        circle.indices.map { index in
            let next = circle[(index + 1) % circle.count]
            let words = uses[circle[index]]?[next]?.sorted().joined(separator: ", ") ?? ""
            return "\(circle[index]) uses \(words) of \(next)"
        }.joined(separator: "; ")
    }
}
