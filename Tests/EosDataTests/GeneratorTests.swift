import EosCore
import Foundation
import Testing

/// SplitMix64 as its authors wrote it, apart from the counter-based form in the core.
private struct SplitMix64 {
    var state: UInt64

    mutating func uniform() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ (z >> 31)) >> 11) / 9007199254740992
    }
}

@Suite struct GeneratorTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func clustersAreThoseOfTheFlatlandPaper() throws {
        let data = try scratch.load("generator=clusters train=200 test=1000")
        #expect(data.shape == [200, 1000, 16, 16, 1, 10])
        #expect(data.labels == (0..<1200).map { Int32($0 % 10) })

        var stream = SplitMix64(state: 7)
        let centres = (0..<160).map { _ in 0.8 * 3.0.squareRoot() * (2 * stream.uniform() - 1) }
        let expected = (0..<1200 * 16).map { index in
            centres[(index / 16 % 10) * 16 + index % 16] + 0.9 * 3.0.squareRoot() * (2 * stream.uniform() - 1)
        }
        #expect(data.inputs == expected)
        // The same by Python, with integers of any size.
        #expect(data.inputs[..<3] == [-1.6307940171232098, -1.9528907855738789, 0.3965738437276306])
    }

    @Test func clustersTakeTheirKeys() throws {
        let data = try scratch.load("generator=clusters train=9 classes=3 dimension=2 spread=5 noise=0 seed=-1")
        #expect(data.shape == [9, 0, 2, 2, 1, 3])
        #expect(data.sample(0) == data.sample(3))
        #expect(data.sample(0) != data.sample(1))
        var stream = SplitMix64(state: .max)
        #expect(data.inputs[0] == 5 * 3.0.squareRoot() * (2 * stream.uniform() - 1))
        #expect(try scratch.load("generator=clusters train=9 seed=8").inputs[0] != data.inputs[0])
    }

    @Test func singlePrecisionIsTheRoundedDouble() throws {
        for keys in ["clusters train=20", "sparse-coding train=20", "noisy-sine train=20"] {
            let double = try scratch.load("generator=\(keys)").inputs
            #expect(try scratch.load("generator=\(keys)", as: .f32).inputs == double.map { Double(Float($0)) })
        }
    }

    @Test func sparseCodingIsASignalInNoise() throws {
        let data = try scratch.load("generator=sparse-coding train=3000 test=1000 dimension=20 signal=30")
        #expect(data.shape == [3000, 1000, 20, 20, 1, 2])
        let random = Random(seed: 7)
        var places = [Int](repeating: 0, count: 20)
        var sum = 0.0
        var squares = 0.0
        for index in 0..<4000 {
            let base = UInt64(index * 42)
            let sample = data.sample(index)
            let place = sample.indices.max { abs(sample[$0]) < abs(sample[$1]) }!
            #expect(data.labels[index] == (random.uniform(base) < 0.5 ? 0 : 1))
            #expect((sample[place] > 0) == (data.labels[index] == 1))
            #expect(place == Int(20 * random.uniform(base + 1)))
            places[place] += 1
            for (feature, value) in sample.enumerated() {
                let noise = value - (feature == place ? (value > 0 ? 30 : -30) : 0)
                sum += noise
                squares += noise * noise
            }
        }
        #expect(places.allSatisfy { (130...270).contains($0) })
        #expect(abs(sum / 80000) < 0.02)
        #expect(abs(squares / 80000 - 1) < 0.02)
        #expect(data.sample(1)[19 - (Int(20 * random.uniform(43)) == 19 ? 1 : 0)].isFinite)
        #expect(abs(data.labels.reduce(0) { $0 + Int($1) } - 2000) < 150)
    }

    /// The header's rule, element by element: no counter serves twice.
    @Test func normalsUseCountersOfTheirOwn() throws {
        let data = try scratch.load("generator=sparse-coding train=3 dimension=4 signal=0 seed=5")
        let random = Random(seed: 5)
        for index in 0..<3 {
            for feature in 0..<4 {
                let pair = UInt64(index * 10 + 2 + 2 * feature)
                let radius = sqrt(-2 * log(1 - random.uniform(pair)))
                #expect(data.sample(index)[feature] == radius * cos(2 * .pi * random.uniform(pair + 1)))
            }
        }
    }

    @Test func noisySineIsASineAndAWalk() throws {
        let pure = try scratch.load("generator=noisy-sine train=40 kappa=0 steps=8")
        #expect(pure.shape == [40, 0, 8, 1, 8, 2])
        for index in 0..<40 {
            let sign = pure.labels[index] == 1 ? 1.0 : -1
            #expect(pure.sample(index) == (0..<8).map { sign * sin(2 * Double.pi * Double($0) / 8) })
        }
        #expect(Set(pure.labels) == [0, 1])

        let steps = 50
        let data = try scratch.load("generator=noisy-sine train=2000 kappa=2")
        let increments = (0..<2000).flatMap { index in
            let sign = data.labels[index] == 1 ? 1.0 : -1
            let walk = data.sample(index).enumerated().map { step, value in
                (value - sign * sin(2 * Double.pi * Double(step) / Double(steps))) / 2
            }
            #expect(walk[0] == 0)
            return (1..<steps).map { (walk[$0] - walk[$0 - 1]) * Double(steps).squareRoot() }
        }
        #expect(abs(increments.reduce(0, +) / Double(increments.count)) < 0.02)
        #expect(abs(increments.reduce(0) { $0 + $1 * $1 } / Double(increments.count) - 1) < 0.02)
    }
}
