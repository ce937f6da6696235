import EosCore
import EosTOML
import Testing

/// The node at a path as "o.1.x.y".
func find(_ path: String, in text: String) throws -> Node {
    var node = try Node(toml: text.utf8, file: "a.toml")
    for part in path.split(separator: ".") {
        if let index = Int(part) {
            node = try node.array()[index]
        } else {
            let inner = try node.table()[String(part)]
            node = try #require(inner)
        }
    }
    return node
}

/// Keys, tables and elements know where they stand, however lines end and whatever stands before the first.
@Suite struct PlaceTests {
    private static let text = [
        "name = 1", "", "[policy]", "# step = 0", "  step = 2 # 1", "[objective . data]",
        "file = { e = 'é😀', \"b\" = 1 }", "t = '''", "[no.table]", "''' # [no]", "[[o]]", "x . y = [1,", "  {z = 2} ]",
        " [[o]]", "x.y = 2", "[objective]",
    ]

    @Test(arguments: ["", "\u{feff}"], ["\n", "\r\n"]) func keysHaveTheirPlaces(mark: String, end: String) throws {
        let text = mark + Self.text.joined(separator: end)
        for (path, line, column) in [
            ("name", 1, 1), ("policy", 3, 1), ("policy.step", 5, 3), ("objective.data", 6, 1),
            ("objective.data.file", 7, 1), ("objective.data.file.b", 7, 20), ("objective.data.t", 8, 1), ("o", 11, 1),
            ("o.0", 11, 1), ("o.0.x", 12, 1), ("o.0.x.y", 12, 5), ("o.0.x.y.0", 12, 10), ("o.0.x.y.1", 13, 3),
            ("o.0.x.y.1.z", 13, 4), ("o.1", 14, 2), ("o.1.x.y", 15, 3), ("objective", 16, 1),
        ] {
            let node = try find(path, in: text)
            #expect(node.position == Position(line: line, column: column), "\(path)")
            #expect(node.place == "a.toml:\(line)")
        }
        let root = try Node(toml: text.utf8, file: "a.toml")
        #expect(root.position == nil && root.place == "a.toml")
    }

    @Test func entriesKeepTheOrderOfTheText() throws {
        let root = try Node(toml: "z = 1\na = 2\n[m]\ny = 1\nb = 2\n".utf8, file: "a.toml").table()
        #expect(root.entries.map(\.name) == ["z", "a", "m"])
        #expect(try root["m"]?.table().entries.map(\.name) == ["y", "b"])
    }

    @Test func pathsAreOneLine() throws {
        let root = try Node(toml: "[a.\"b\\nc\"]\n'' = 1\n".utf8, file: "a.toml")
        let table = try #require(try root.table()["a"])
        let error = #expect(throws: EosError.self) { try table.table() }
        #expect(error?.message.hasPrefix("a.toml:1: a.\"b\\nc\": a key may contain letters") == true)
    }
}
