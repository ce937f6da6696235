import CEos
import EosCore
import EosData
import Testing

/// Good files of every format, changed at random with a fixed seed: each is read or refused in one line. Vectors are
/// never larger than the file allows, so that nothing takes long.
@Suite(.timeLimit(.minutes(5))) struct MutationTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let keys: String
        /// What is changed, and the other files that it needs.
        let bytes: [UInt8]
        var others: [String: [UInt8]] = [:]
        var testDescription: String { keys }
    }

    private static func words(_ numbers: [Int]) -> [UInt8] {
        numbers.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    private static func npy(_ type: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + data
    }

    static let samples: [Sample] = {
        let table = (0..<20).map { "\(Double($0) / 7),-\($0)e-2,+.5,\($0 % 3)" }.joined(separator: "\n")
        let csv = Array("x,y,z,class\n\(table)\n".utf8)
        let series = Array(
            ("@problemName x\n@univariate false\n@dimensions 2\n@equalLength true\n@seriesLength 3\n@classLabel true a b\n@data\n"
                + "1,2,3:-4,5e1,6:a\n.1,.2,.3:4,5,6:b\n").utf8)
        let labels = words([2049, 3]) + [0, 2, 1]
        let images = words([2051, 3, 2, 2]) + (0..<12)
        let array = npy("<f8", "(3, 2)", [1.0, 2, 3, 4, 5, 6].withUnsafeBytes { Array($0) })
        let classes = npy("|u1", "(3,)", [0, 2, 1])
        return [
            Sample(keys: "file=m format=csv", bytes: csv),
            Sample(keys: "file=m format=csv relabel=true channels=3", bytes: csv),
            Sample(keys: "file=o format=csv test_file=m", bytes: csv, others: ["o": csv]),
            Sample(keys: "file=m format=csv", bytes: gzip(csv) + [0, 0] + gzip(Array("\(table)\n".utf8))),
            Sample(keys: "file=m format=ts", bytes: series),
            Sample(keys: "file=o format=ts test_file=m", bytes: series, others: ["o": series]),
            Sample(keys: "file=m format=idx labels=o", bytes: images, others: ["o": labels]),
            Sample(keys: "file=o format=idx labels=m", bytes: labels, others: ["o": images]),
            Sample(keys: "file=m format=npy labels=o", bytes: array, others: ["o": classes]),
            Sample(keys: "file=o format=npy labels=m", bytes: classes, others: ["o": array]),
            Sample(keys: "file=m format=cifar", bytes: [3] + [UInt8](repeating: 9, count: 3072)),
        ]
    }()

    /// Bytes that mean something somewhere.
    private static let loaded = Array("0919eE+-.,;:\t \n\r\"'#@?<L()\u{0}".utf8) + [0xff, 0xfe, 0x1f, 0x8b, 0x80]

    private struct Dice {
        private let random: Random
        private var counter: UInt64 = 0
        init(_ seed: UInt64) { random = Random(seed: seed) }
        mutating func roll(_ count: Int) -> Int {
            counter += 1
            return Int(random.bits(counter) % UInt64(max(count, 1)))
        }
    }

    private static func mutate(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0...dice.roll(4) {
            let place = dice.roll(bytes.count)
            let end = min(bytes.count, place + 1 + dice.roll(12))
            switch dice.roll(7) {
            case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(dice.roll(8))
            case 1 where !bytes.isEmpty: bytes[place] = loaded[dice.roll(loaded.count)]
            case 2: bytes.insert(loaded[dice.roll(loaded.count)], at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: dice.roll(bytes.count))
            case 5: bytes.removeLast(dice.roll(bytes.count))
            default: bytes.insert(contentsOf: Array("99999999999999999999".utf8.prefix(1 + dice.roll(20))), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: samples) func everyMutantIsReadOrRefused(sample: Sample) throws {
        let scratch = try Scratch()
        for (name, bytes) in sample.others { try scratch.write(name, bytes) }
        try scratch.write("m", sample.bytes)
        _ = try scratch.load(sample.keys)
        var dice = Dice(UInt64(sample.keys.utf8.count) &* 977 &+ UInt64(sample.bytes.count))
        var refused = 0
        for round in 0..<1500 {
            try scratch.write("m", Self.mutate(sample.bytes, &dice))
            let loaded: Dataset
            do throws(EosError) {
                loaded = try scratch.load(sample.keys, as: round % 2 == 0 ? .f32 : .f64)
            } catch {
                refused += 1
                #expect([EOS_E_FORMAT, EOS_E_CONFIG].contains(Int(error.status)), "\(error.message)")
                #expect(!error.message.contains("\n") && error.message.utf8.count < 600, "\(error.message)")
                #expect(error.message.contains(scratch.directory.path()), "\(error.message)")
                continue
            }
            #expect(loaded.inputs.allSatisfy { $0.isFinite })
            #expect(loaded.labels.allSatisfy { $0 >= 0 && Int64($0) < loaded.shape[5] })
            #expect(loaded.shape[5] <= 1000)
        }
        #expect(refused > 100 && refused < 1500)
    }
}
