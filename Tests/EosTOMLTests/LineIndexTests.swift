import EosTOML
import Testing

/// Keys are found on their lines however lines end and whatever stands before the first.
@Suite struct LineIndexTests {
    private static let lines = [
        "name = 1", "", "[policy]", "# step = 0", " step = 2 # 1", "[objective . data]", "file = 'a'", "[[o]]",
        "x.y = 1", "[[o]]",
        "x.y = 2",
    ]

    @Test(arguments: ["", "\u{feff}"], ["\n", "\r\n"]) func keysHaveTheirLines(mark: String, end: String) throws {
        let text = mark + Self.lines.joined(separator: end)
        let index = try TOMLDocument(text: text, file: "a.toml").lines
        #expect(index.line(of: "name") == 1)
        #expect(index.line(of: "policy.step") == 5)
        #expect(index.line(of: "policy.other") == 3)
        #expect(index.line(of: "objective.data.file") == 7)
        #expect(index.line(of: "o.0.x.y") == 9)
        #expect(index.line(of: "o.1.x.y") == 11)
        #expect(index.line(of: "nothing") == nil)
    }

    @Test func aTableMayComeFirst() {
        #expect(LineIndex("\u{feff}[stop]\r\niterations = 5").line(of: "stop.iterations") == 2)
        #expect(LineIndex("\u{feff}[stop]\r\niterations = 5").line(of: "stop.loss") == 1)
    }
}
