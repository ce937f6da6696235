import EosClient
import Testing

@Suite struct EventParserTests {
    private static let stream = """
        retry: 1000

        : a comment
        id: 1
        event: state
        data: {"state": "running"}

        data: first
        data:second
        data:  third
        ignored: x
        nothing

        id: 3
        event: checkpoint

        id
        data


        """
    private static let events = [
        ServerEvent(id: "1", kind: "state", data: #"{"state": "running"}"#),
        ServerEvent(id: "1", kind: "message", data: "first\nsecond\n third"),
        ServerEvent(id: "", kind: "message", data: ""),
    ]

    @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 7, 1000])
    func partsOfAnyLengthAndEveryEndOfLineGiveTheSame(end: String, length: Int) {
        let bytes = Array(Self.stream.replacing("\n", with: end).utf8)
        var parser = EventParser()
        var events: [ServerEvent] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            events += parser.feed(bytes[start..<min(start + length, bytes.count)])
        }
        #expect(events == Self.events)
    }

    @Test func anIDWithoutDataIsKept() {
        var parser = EventParser()
        #expect(parser.feed("id: 17\n\n".utf8) == [])
        #expect(parser.id == "17")
        #expect(parser.feed("data: x\n\n".utf8) == [ServerEvent(id: "17", kind: "message", data: "x")])
    }

    @Test func whatIsNotCompleteIsNoEvent() {
        var parser = EventParser()
        #expect(parser.feed("\u{feff}data: x\n".utf8) == [])
        #expect(parser.feed("\n".utf8) == [ServerEvent(id: "", kind: "message", data: "x")])
    }

    @Test func charactersMayBeSplit() {
        var parser = EventParser()
        let bytes = Array("data: λ\n\n".utf8)
        #expect(parser.feed(bytes[..<7]) == [])
        #expect(parser.feed(bytes[7...]).map(\.data) == ["λ"])
    }
}
