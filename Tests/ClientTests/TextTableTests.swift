import EosClient
import Testing

@Suite struct TextTableTests {
    private let table = TextTable(
        [
            .init("run", rank: 3, least: 12), .init("state"), .init("loss", isNumber: true),
            .init("step", isNumber: true, rank: 4), .init("policy", rank: 1), .init("none", rank: 9),
        ],
        rows: [
            ["digits-step-0.1-20261121T151700Z-1", "running", "0.125", "2", "nls-ub", ""],
            ["toy", "queued", "", "", "constant", ""],
        ])

    @Test func asWideAsItNeedsWithoutAWidth() {
        #expect(
            table.lines(width: nil) == [
                "run                                 state     loss  step  policy",
                "digits-step-0.1-20261121T151700Z-1  running  0.125     2  nls-ub",
                "toy                                 queued                constant",
            ])
    }

    @Test func columnsGiveWayByRank() {
        #expect(
            table.lines(width: 60) == [
                "run                                 state     loss  step",
                "digits-step-0.1-20261121T151700Z-1  running  0.125     2",
                "toy                                 queued",
            ])
        #expect(
            table.lines(width: 40) == [
                "run                 state     loss  step",
                "digits-s..51700Z-1  running  0.125     2",
                "toy                 queued",
            ])
        #expect(table.lines(width: 30)[1] == "digit..00Z-1  running  0.125")
    }

    @Test(arguments: 1...80)
    func noLineIsLongerThanTheWidthIfThatCanBeDone(width: Int) {
        let longest = table.lines(width: width).map(\.count).max() ?? 0
        #expect(longest <= max(width, 28))
    }

    @Test func textsAreCutInTheirMiddle() {
        #expect(TextTable.cut("abcdefghij", to: 10) == "abcdefghij")
        #expect(TextTable.cut("abcdefghij", to: 8) == "abc..hij")
        #expect(TextTable.cut("abcdefghij", to: 3) == "abc")
    }
}
