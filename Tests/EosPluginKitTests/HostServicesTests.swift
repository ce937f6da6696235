import CEos
import EosPluginKit
import Testing

@Suite struct HostServicesTests {
    let host = MockHost()
    var services: HostServices { HostServices(table: host.table) }

    @Test func linesAndCancellationReachTheHost() {
        services.log("hello")
        services.log("gone", level: .error)
        #expect(host.lines == ["1 hello", "3 gone"])
        #expect(!services.isCancelled)
        host.isCancelled = true
        #expect(services.isCancelled)
        #expect(services.hostExtension("vendor.thing/1") == nil)
    }

    @Test func randomNumbersDependOnTheirCounterOnly() {
        var whole = [Double](repeating: 0, count: 1500)
        var part = [Double](repeating: 0, count: 100)
        var single = [Float](repeating: 0, count: 1500)
        var words = [UInt64](repeating: 0, count: 1)
        whole.withUnsafeMutableBufferPointer { services.normal(mean: 1, deviation: 2, seed: 3, into: $0) }
        part.withUnsafeMutableBufferPointer { services.normal(mean: 1, deviation: 2, seed: 3, first: 1000, into: $0) }
        single.withUnsafeMutableBufferPointer { services.normal(mean: 1, deviation: 2, seed: 3, into: $0) }
        words.withUnsafeMutableBufferPointer { services.randomBits(seed: 1, into: $0) }
        #expect(part == Array(whole[1000..<1100]))
        #expect(single == whole.map { Float($0) })
        #expect(words == [0x910a_2dec_8902_5cc1])
        whole.withUnsafeMutableBufferPointer { services.uniform(in: -2 ... -1, seed: 1, into: $0) }
        #expect(whole.allSatisfy { -2 <= $0 && $0 < -1 } && Set(whole).count == 1500)
    }

    @Test func parallelVisitsEveryIndex() throws {
        let visited = try Buffer<Int>(count: 100)
        services.parallel(100) { visited[$0] += $0 + 1 }
        #expect(Array(visited.elements) == Array(1...100))
    }

    @Test func dataIsLentAndReleased() throws {
        let labels: [Int32] = [0, 1, 1]
        let inputs = [1.0, 2, 3, 4, 5, 6]
        try inputs.withUnsafeBytes { inputs in
            try labels.withUnsafeBufferPointer { labels in
                var set = eos_dataset()
                (set.train, set.test, set.features, set.channels, set.steps, set.classes) = (2, 1, 2, 2, 1, 2)
                set.inputs = inputs.baseAddress
                set.labels = labels.baseAddress
                host.data = set
                let data: DataSet<Double> = try services.loadData(reader())
                #expect(data.train == 2 && data.test == 1 && data.classes == 2 && data.lengths == nil)
                #expect(Array(data.sample(2)) == [5, 6] && Array(data.labels) == [0, 1, 1])
                #expect(host.released == 0)
            }
        }
        #expect(host.released == 1)
    }

    @Test func theHostsOwnMessageStays() {
        #expect(throws: PluginError(EOS_E_IO, "")) { try services.loadData(reader(), as: Float.self) }
        #expect(services.report(PluginError(EOS_E_IO, "")) == EOS_E_IO)
        #expect(host.failures.map(\.message) == ["digits.csv: cut"])
    }

    @Test func tooMuchMemoryIsAnError() throws {
        for count in [3_000_000_000_000, Int.max, -1] {
            do {
                _ = try Buffer<Double>(count: count)
                Issue.record("\(count) elements were granted")
            } catch {
                #expect(error.status == EOS_E_MEMORY && error.message.hasPrefix("\(count) elements"))
            }
        }
        let buffer = try Buffer<Double>(count: 3)
        #expect(Array(buffer.elements) == [0, 0, 0])
        #expect(try Buffer<Double>(count: 0).elements.isEmpty)
    }

    private func reader() -> ConfigReader { ConfigReader(host: host.table, configuration: nil) }
}
