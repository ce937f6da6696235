import CEos
import EosPluginKit
import Testing

@Suite struct StateTests {
    let host = MockHost()

    func complete() throws -> MockObjective {
        try #require(host.objective(testPlugin, "test.complete", completeKeys).object)
    }

    func measure(_ objective: MockObjective) -> [Double] {
        var values = [0.0, 0]
        #expect(objective.ops.measure!(objective.box, [0.0, 0, 0], &values) == EOS_OK)
        return values
    }

    @Test(arguments: [1, 3, 4096]) func anObjectiveComesBackFromAStream(piece: Int) throws {
        let first = try complete()
        var gradient = [0.0, 0, 0]
        for seed in 1...5 as ClosedRange<UInt64> {
            _ = first.evaluate([1, 1, 1], gradient: &gradient, sampleSeed: seed)
        }
        let saved = MemoryStream(piece: piece)
        var writer = saved.writer
        #expect(first.ops.save!(first.box, &writer) == EOS_OK)
        let second = try complete()
        #expect(measure(second) == [0, 0])
        let source = MemoryStream(saved.bytes, piece: piece)
        var reader = source.reader
        #expect(second.ops.load!(second.box, &reader) == EOS_OK)
        #expect(measure(second) == [5, 5])
    }

    @Test func aFullSinkIsAnError() throws {
        let objective = try complete()
        let sink = MemoryStream(room: 10)
        var writer = sink.writer
        #expect(objective.ops.save!(objective.box, &writer) == EOS_E_IO)
        #expect(host.failures.map(\.message) == ["the state could not be written"])
    }

    @Test func aCutStateChangesNothing() throws {
        let first = try complete()
        var gradient = [0.0, 0, 0]
        _ = first.evaluate([1, 1, 1], gradient: &gradient, sampleSeed: 3)
        let saved = MemoryStream()
        var writer = saved.writer
        #expect(first.ops.save!(first.box, &writer) == EOS_OK)
        let second = try complete()
        for length in 0..<saved.bytes.count {
            let source = MemoryStream(Array(saved.bytes[..<length]))
            var reader = source.reader
            #expect(second.ops.load!(second.box, &reader) == EOS_E_FORMAT)
        }
        #expect(measure(second) == [0, 0])
    }

    @Test func aDamagedCountIsAnErrorAndNotATrap() throws {
        let objective = try complete()
        for count in [-1, Int.max, 1 << 40] {
            let saved = MemoryStream()
            var stream = saved.writer
            var writer = StateWriter(&stream)
            try writer.write(1)
            try writer.write(1 as UInt64)
            try writer.write(count)
            let source = MemoryStream(saved.bytes)
            var reader = source.reader
            #expect(objective.ops.load!(objective.box, &reader) == EOS_E_FORMAT)
        }
    }

    @Test func everyKindOfNumberReturns() throws {
        let saved = MemoryStream(piece: 2)
        var sink = saved.writer
        let large = (0..<100_000).map { Double($0).squareRoot() }
        var writer = StateWriter(&sink)
        try writer.write(Double.nan)
        try writer.write(-Float.infinity)
        try writer.write(Int.min)
        try writer.write(Int32(-7))
        try writer.write(UInt32.max)
        try writer.write(Int64.max)
        try writer.write(UInt64.max)
        try writer.write(false)
        try writer.write("größer ☃")
        try writer.write(large)
        try writer.write([Int32]())
        let copy = MemoryStream(saved.bytes, piece: 7)
        var source = copy.reader
        var reader = StateReader(&source)
        #expect(try reader.read(Double.self).isNaN)
        #expect(try reader.read(Float.self) == -.infinity)
        #expect(try reader.read(Int.self) == .min)
        #expect(try reader.read(Int32.self) == -7)
        #expect(try reader.read(UInt32.self) == .max)
        #expect(try reader.read(Int64.self) == .max)
        #expect(try reader.read(UInt64.self) == .max)
        #expect(try reader.read(Bool.self) == false)
        #expect(try reader.read(String.self) == "größer ☃")
        #expect(try reader.read([Double].self) == large)
        #expect(try reader.read([Int32].self) == [])
        #expect(throws: PluginError.self) { try reader.read(Bool.self) }
    }
}
