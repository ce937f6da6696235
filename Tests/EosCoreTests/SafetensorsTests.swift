import CEos
import EosCore
import Foundation
import Testing

/// A file in memory that gives and takes a few bytes at a time.
private struct Bytes {
    var content: [UInt8]
    var position = 0
    var atOnce = Int.max

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, content.count - position, atOnce)
        buffer.copyBytes(from: content[position..<position + count])
        position += count
        return count
    }
}

private func document() -> StateDocument {
    let document = StateDocument()
    document.metadata = ["kind": "trainer", "text": "ein \"Zitat\"\\ \n\u{1} \u{1F600} é"]
    document.add("policy", bytes: [1, 2, 3])
    document.add("numbers", [1.5, -0.0, .infinity, .nan, 0x1p-1074])
    document.add("empty", [Double]())
    document.add("counts", [Int64.min, -1, 0, Int64.max])
    return document
}

private func written(_ document: StateDocument) throws -> [UInt8] {
    var result: [UInt8] = []
    try document.write { (bytes) throws(EosError) in result.append(contentsOf: bytes) }
    return result
}

private func read(_ content: [UInt8], atOnce: Int = .max) throws(EosError) -> SavedState {
    var bytes = Bytes(content: content, atOnce: atOnce)
    return try Safetensors.read { (buffer) throws(EosError) in bytes.read(into: buffer) }
}

/// A file with right checksums around any header, to get past them to what lies behind.
private func crafted(_ table: String, data: [UInt8] = []) -> [UInt8] {
    func digits(_ crc: CRC64) -> String {
        let text = String(crc.value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
    func crc(_ bytes: [UInt8]) -> CRC64 {
        var crc = CRC64()
        bytes.withUnsafeBytes { crc.update($0) }
        return crc
    }
    func file(_ checksum: String) -> [UInt8] {
        let header = Array("{\"__metadata__\":{\"checksum\":\"\(checksum):\(digits(crc(data)))\"}\(table)".utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    }
    return file(digits(crc(file("0000000000000000")))) + data
}

@Suite struct SafetensorsTests {
    @Test func checksumIsTheStandardOne() {
        for cut in 0...9 {
            var crc = CRC64()
            Array("123456789".utf8).withUnsafeBytes { bytes in
                crc.update(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
                crc.update(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
            }
            #expect(crc.value == 0x995d_c9bb_df19_39fa)
        }
    }

    @Test(arguments: [1, 2, 7, 64, Int.max]) func roundTripsInParts(atOnce: Int) throws {
        let state = try read(try written(document()), atOnce: atOnce)
        #expect(state.metadata == document().metadata)
        #expect(Set(state.names) == ["policy", "numbers", "empty", "counts"])
        let bits = try state.numbers("numbers", count: 5).map(\.bitPattern)
        #expect(bits == [1.5, -0.0, .infinity, .nan, 0x1p-1074].map(\.bitPattern))
        #expect(try state.integers("counts") == [Int64.min, -1, 0, Int64.max])
        #expect(try state.bytes("policy") == [1, 2, 3])
        #expect(try state.numbers("empty").isEmpty)
        #expect(state.layout("policy")?.shape == [3])
    }

    @Test func emptyStateRoundTrips() throws {
        let state = try read(try written(StateDocument()))
        #expect(state.names.isEmpty && state.metadata.isEmpty)
    }

    @Test func arraysAreAlignedInTheFileAndInMemory() throws {
        let content = try written(document())
        let length = content[..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        #expect(length % 8 == 0)
        let state = try read(content)
        for name in state.names {
            try state.withTensor(name, try #require(state.layout(name)).type) { (bytes) throws(EosError) in
                #expect(UInt(bitPattern: bytes.baseAddress) % 64 == 0)
            }
        }
    }

    @Test func readsNothingBehindTheState() throws {
        let content = try written(document())
        var bytes = Bytes(content: content + [9, 9, 9])
        _ = try Safetensors.read { (buffer) throws(EosError) in bytes.read(into: buffer) }
        #expect(bytes.position == content.count)
    }

    @Test func everyFlippedBitIsFound() throws {
        let content = try written(document())
        for bit in 0..<content.count * 8 {
            var damaged = content
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: EosError.self, "bit \(bit)") { try read(damaged) }
            #expect(error?.status == eos_status(EOS_E_FORMAT), "bit \(bit)")
        }
    }

    @Test func everyCutIsFound() throws {
        let content = try written(document())
        for length in 0..<content.count {
            let error = #expect(throws: EosError.self, "cut to \(length)") { try read(Array(content[..<length])) }
            #expect(error?.status == eos_status(EOS_E_FORMAT), "cut to \(length)")
        }
    }

    @Test func saysWhatIsDamaged() throws {
        let content = try written(document())
        var damaged = content
        damaged[content.count - 1] ^= 1
        #expect(throws: EosError(EOS_E_FORMAT, "the saved state is damaged: its data do not match their checksum")) {
            try read(damaged)
        }
        let cut = #expect(throws: EosError.self) { try read(Array(content.dropLast(2))) }
        #expect(cut?.message == "the saved state is incomplete: its policy ends after 1 of 3 bytes")
        let other = #expect(throws: EosError.self) { try read(Array("name = \"digits\"\n[objective]\n".utf8)) }
        #expect(other?.message.hasPrefix("this is not a saved state, or it is damaged") == true)
    }

    @Test func typedReadersNameWhatIsMissing() throws {
        let state = try read(try written(document()))
        for (fault, body) in [
            ("no velocity", { _ = try state.numbers("velocity") }),
            ("counts of the saved state is I64, not F64", { _ = try state.numbers("counts") }),
            ("numbers of the saved state has 5 elements, not 4", { _ = try state.numbers("numbers", count: 4) }),
            ("no text version", { _ = try state.text("version") }),
        ] as [(String, () throws -> Void)] {
            let error = #expect(throws: EosError.self) { try body() }
            #expect(error?.status == eos_status(EOS_E_FORMAT) && error?.message.contains(fault) == true)
        }
    }

    @Test(arguments: [
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", ""),
        (" , \"a\" : { \"data_offsets\" : [ 0 , 2 ] , \"shape\" : [ 2 , 1 ] , \"dtype\" : \"U8\" } } \n", ""),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,2]}}", "do not fit the shape"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", "leaves a gap"),
        (
            ",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", "overlaps"
        ),
        (
            ",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[2,2]}}", "it has 'a' more than once"
        ),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", "incomplete"),
        (",\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}", "unknown type 'BF16'"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,0]}}", "lacks"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", "lacks"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[-2],\"data_offsets\":[0,2]}}", "shape of a is [-2], not integers"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[02],\"data_offsets\":[0,2]}}", "a ',' or ']' was expected"),
        (
            ",\"a\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,2]}}",
            "not integers from 0 to 9223372036854775807"
        ),
        (
            ",\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,2]}}",
            "do not fit the shape"
        ),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":1}}", "unexpected field 'x'"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}", "a ',' or '}' was expected"),
        (",\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}}", "the end was expected"),
        (",\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", "half of a surrogate pair"),
        (",\"\u{1}\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", "control character"),
    ])
    func headersAreReadStrictly(table: String, fault: String) throws {
        let content = crafted(table, data: [1, 2])
        if fault.isEmpty {
            #expect(try read(content).bytes("a") == [1, 2])
        } else {
            let error = #expect(throws: EosError.self) { try read(content) }
            #expect(error?.status == eos_status(EOS_E_FORMAT))
            #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
        }
    }

    @Test func escapesInNamesAreRead() throws {
        let table = ",\"\\u0061\\n\\ud83d\\ude00\\/\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}"
        #expect(try read(crafted(table, data: [7])).names == ["a\n\u{1F600}/"])
    }

    @Test func refusesToWriteWhatCannotBeRead() throws {
        let bytes = [UInt8](repeating: 0, count: 8)
        bytes.withUnsafeBytes { bytes in
            let good = StateTensor(name: "a", type: .f64, shape: [], bytes: bytes)
            for tensors in [
                [good, good], [StateTensor(name: "", type: .f64, shape: [], bytes: bytes)],
                [StateTensor(name: "__metadata__", type: .f64, shape: [], bytes: bytes)],
                [StateTensor(name: "a", type: .f64, shape: [2], bytes: bytes)],
                [StateTensor(name: "a", type: .u8, shape: [-1, -8], bytes: bytes)],
            ] {
                let error = #expect(throws: EosError.self) {
                    try Safetensors.write(tensors, metadata: [:]) { _ in Issue.record("something was written") }
                }
                #expect(error?.status == eos_status(EOS_E_INVALID))
            }
            #expect(throws: EosError.self) { try Safetensors.write([good], metadata: ["checksum": "1"]) { _ in } }
        }
    }

    @Test func failuresOfSinkAndSourcePassThrough() throws {
        let full = EosError(EOS_E_IO, "no space left on device")
        #expect(throws: full) { try document().write { (_) throws(EosError) in throw full } }
        #expect(throws: full) { try Safetensors.read { (_) throws(EosError) in throw full } }
    }

    @Test(.enabled(if: pythonReadsSafetensors, "python3 with safetensors and numpy is not installed"))
    func pythonReadsIt() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "eos-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        let document = document()
        let numbers: [Float] = [1, 2, 3, 4, 5, 6]
        try numbers.withUnsafeBytes { bytes in
            document.borrow(StateTensor(name: "layer1.weight", type: .f32, shape: [2, 3], bytes: bytes))
            try Data(try written(document)).write(to: file)
        }
        let script = """
            import sys, safetensors, numpy
            with safetensors.safe_open(sys.argv[1], 'numpy') as f:
                assert sorted(f.keys()) == ['counts', 'empty', 'layer1.weight', 'numbers', 'policy'], f.keys()
                assert f.metadata()['text'] == 'ein "Zitat"\\\\ \\n\\x01 \\U0001F600 \\xe9', f.metadata()
                w = f.get_tensor('layer1.weight')
                assert w.dtype == numpy.float32 and w.tolist() == [[1, 2, 3], [4, 5, 6]], w
                assert f.get_tensor('counts').tolist() == [-2**63, -1, 0, 2**63 - 1]
                assert f.get_tensor('numbers')[4] == 5e-324 and f.get_tensor('policy').tolist() == [1, 2, 3]
            """
        #expect(python(script, file.path) == 0)
    }
}

private let pythonReadsSafetensors = python("import safetensors, numpy") == 0

private func python(_ script: String, _ arguments: String...) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
}
