import EosCore
import EosData
import Testing

/// Mean and population standard deviation.
private func statistics(_ values: [Double]) -> (Double, Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count)).squareRoot())
}

private func isNear(_ values: [Double], _ expected: [Double], _ tolerance: Double = 1e-13) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) }
}

@Suite struct StandardizationTests {
    let scratch: Scratch
    private let rows = [[1.0, 10, 5], [2, -30, 5], [4, 50, 5], [100, 1000, 9]]

    init() throws {
        scratch = try Scratch()
        try scratch.write("a.csv", rows.map { $0.map { "\($0)," }.joined() + "0\n" }.joined())
    }

    @Test(arguments: [(ElementType.f64, 1e-13), (.f32, 1e-6)]) func global(type: ElementType, tolerance: Double) throws
    {
        let data = try scratch.load("file=a.csv format=csv train=3 test=1 standardize=global", as: type)
        let (mean, deviation) = statistics(rows[..<3].flatMap { $0 })
        #expect(isNear(data.inputs, rows.flatMap { $0 }.map { ($0 - mean) / deviation }, tolerance))
    }

    @Test func perFeatureDividesByOneWhereNothingVaries() throws {
        let data = try scratch.load("file=a.csv format=csv train=3 test=1 standardize=per-feature")
        for feature in 0..<3 {
            let column = rows.map { $0[feature] }
            let (mean, deviation) = statistics(Array(column[..<3]))
            let expected = column.map { ($0 - mean) / (feature == 2 ? 1 : deviation) }
            #expect(isNear((0..<4).map { data.sample($0)[feature] }, expected))
        }
        // A table has a channel per feature.
        #expect(
            try scratch.load("file=a.csv format=csv train=3 test=1 standardize=per-channel").inputs == data.inputs)
    }

    @Test func paddingStaysZeroAndCountsForNothing() throws {
        let series = [[[1.0, 2, 3], [10, 20, 40]], [[5], [7]], [[8, 9], [1, 2]]]
        let lines = series.map { $0.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: ":") + ":a\n" }
        try scratch.write("a.ts", "@classLabel true a\n@data\n" + lines.joined())
        func load(_ how: String) throws -> Dataset {
            try scratch.load("file=a.ts format=ts train=2 test=1 standardize=\(how)")
        }
        for data in [try load("global"), try load("per-channel"), try load("per-feature")] {
            #expect(data.sample(1)[2...] == [0, 0, 0, 0])
            #expect(data.sample(2)[4...] == [0, 0])
        }
        let (mean, deviation) = statistics([1, 2, 3, 10, 20, 40, 5, 7])
        #expect(isNear([try load("global").sample(2)[0]], [(8 - mean) / deviation]))
        let (mean1, deviation1) = statistics([10, 20, 40, 7])
        #expect(isNear([try load("per-channel").sample(2)[1]], [(1 - mean1) / deviation1]))
        let (mean2, deviation2) = statistics([1, 5])
        #expect(isNear([try load("per-feature").sample(2)[0]], [(8 - mean2) / deviation2]))
        // Step 2 has one series only: it does not vary.
        #expect(try load("per-feature").sample(2)[2] == 9 - 2)
    }

    @Test func channelsOfImagesArePlanes() throws {
        let record = { (label: UInt8, shift: Int) in
            [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 * 7 / 5 + shift * ($0 / 1024 + 1)) }
        }
        try scratch.write("a.bin", record(0, 3) + record(1, 50))
        let raw = try scratch.load("file=a.bin format=cifar")
        let data = try scratch.load("file=a.bin format=cifar standardize=per-channel")
        for plane in 0..<3 {
            let range = plane * 1024..<(plane + 1) * 1024
            let (mean, deviation) = statistics(Array(raw.sample(0)[range] + raw.sample(1)[range]))
            #expect(isNear(Array(data.sample(1)[range]), raw.sample(1)[range].map { ($0 - mean) / deviation }))
        }
    }

    @Test func generatorsAreStandardizedToo() throws {
        let data = try scratch.load("generator=clusters train=100 test=10 standardize=per-feature")
        let (mean, deviation) = statistics((0..<100).map { data.sample($0)[3] })
        #expect(abs(mean) < 1e-13)
        #expect(abs(deviation - 1) < 1e-13)
    }
}
