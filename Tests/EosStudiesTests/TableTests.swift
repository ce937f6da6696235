import EosStudies
import Testing

struct TableTests {
    @Test("CSV quotes what needs quotes")
    func csv() {
        var table = Table("t", title: "", columns: [.init("a,b"), .init("time", unit: "s"), .init("n")])
        table.append([.text("say \"x\"\n"), .number(0.1), .integer(3)])
        table.append([.text("plain"), .number(.nan), .none])
        #expect(table.csv == "\"a,b\",time [s],n\n\"say \"\"x\"\"\n\",0.1,3\nplain,,\n")
    }
}
