import Foundation
import TestSupport
import Testing

/// docs/architecture.md has what Package.swift says of the targets, and the sources keep to it.
@Suite struct ArchitectureTests {
    private struct Target: Equatable {
        var imports: Set<String>
        var packages: Set<String>
    }

    /// The rows of the table: | `name` | subject | `import`, ... | package, ... |
    private func documented() throws -> [String: Target] {
        var targets: [String: Target] = [:]
        let rows = try Document("docs/architecture.md").prose.split(separator: "\n").filter { $0.hasPrefix("| `") }
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4 else { continue }
            targets[cells[0].filter { $0 != "`" }] = Target(
                imports: Set(cells[2].matches(of: /`([^`]+)`/).map { String($0.1) }),
                packages: Set(cells[3].split(separator: ", ").map(String.init)))
        }
        return targets
    }

    /// What stands between the brackets of a target's `dependencies:` in Package.swift; nothing if it has none.
    private func dependencies(of target: String, in package: String) throws -> Substring {
        let name = try #require(
            package.firstMatch(of: try Regex("[tT]arget\\(\\s*name: \"\(target)\",")), "no \(target)")
        let rest = package[name.range.upperBound...]
        let entry = rest.prefix(upTo: rest.firstRange(of: "arget(")?.lowerBound ?? rest.endIndex)
        guard let opening = entry.firstRange(of: "dependencies: [") else { return "" }
        var depth = 1
        let list = entry[opening.upperBound...]
        let end = list.indices.first { index in
            if list[index] == "[" { depth += 1 }
            if list[index] == "]" { depth -= 1 }
            return depth == 0
        }
        return list[..<(try #require(end))]
    }

    private func declared(_ target: String, in package: String) throws -> Target {
        let text = try dependencies(of: target, in: package)
        let packages = text.matches(of: /package: "([^"]+)"/).map { String($0.1) }
        let own = text.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"(Eos[A-Za-z]+)"/).map { String($0.1) }
        return Target(imports: Set(own), packages: Set(packages))
    }

    private func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Tree.root)/Sources").filter {
            $0.lowercased().hasPrefix("eos")
        }
    }

    @Test func tableIsThatOfThePackage() throws {
        let package = try String(contentsOfFile: "\(Tree.root)/Package.swift", encoding: .utf8)
        let documented = try documented()
        let targets = try targets()
        #expect(targets.count > 15)
        #expect(Set(documented.keys) == Set(targets))
        for target in targets {
            #expect(try documented[target] == declared(target, in: package), "\(target)")
        }
    }

    /// A target can import what only its dependencies depend on; ours do not.
    @Test func sourcesImportWhatTheTableHas() throws {
        for (target, row) in try documented() {
            let found = try run("grep -rhoE '^(@[a-z]+ )?import (Eos[A-Za-z]+)' Sources/\(target) | sort -u")
            let imported = Set(found.lines.compactMap { $0.split(separator: " ").last.map(String.init) })
            #expect(imported.isSubset(of: row.imports), "\(target) imports \(imported.subtracting(row.imports))")
        }
    }
}
