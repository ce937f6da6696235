import EosStudies
import Testing

struct TableTests {
    private var table: Table {
        var table = Table("t", title: "", columns: [.init("a,b"), .init("time", unit: "s"), .init("n")])
        table.append([.text("say \"x\"\n"), .number(0.1 + 0.2), .integer(3)])
        table.append([.text("a|b"), .number(.nan), .none])
        table.append([.text(" c"), .fixed(1.0 / 3, decimals: 2), .number(.infinity)])
        return table
    }

    @Test("CSV quotes what needs quotes and keeps every digit")
    func csv() {
        #expect(
            table.csv
                == "\"a,b\",time [s],n\n\"say \"\"x\"\"\n\",0.30000000000000004,3\na|b,,\n\" c\","
                + "0.3333333333333333,inf\n")
    }

    @Test("Markdown has a cell a column, numbers to the right")
    func markdown() {
        #expect(
            table.markdown == """
                | a,b     | time [s] |   n |
                | ------- | -------: | --: |
                | say "x" |      0.3 |   3 |
                | a\\|b    |          |     |
                |  c      |     0.33 | inf |

                """)
    }

    @Test("medians over windows pass over what is not finite")
    func medians() {
        #expect([3, 1, 2, 100, 4].runningMedian(3) == [2, 2, 2, 4, 52])
        #expect([1, .nan, 3].runningMedian(3) == [1, 2, 3])
        #expect([1, 2, 3].runningMedian(1) == [1, 2, 3])
        #expect([Double]().median.isNaN)
    }
}
