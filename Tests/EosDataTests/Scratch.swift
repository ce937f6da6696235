import CEos
import CZlib
import EosCore
import EosData
import Foundation
import Testing

/// A directory for the files of one test, removed with it.
final class Scratch {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "eos-data-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: directory.appending(path: name))
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    /// Loads what `keys` describe, "train=5 test=2"; each gets "data." put before it.
    func load(_ keys: String, as type: ElementType = .f64) throws(EosError) -> Dataset {
        try Dataset(try configuration(keys), as: type, directories: [directory.path()])
    }

    /// The sentence that a load fails with, the directory taken out.
    func failure(_ keys: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: EosError.self, sourceLocation: sourceLocation) { try load(keys) }
        let message = error?.message ?? ""
        #expect(!message.contains("\n"), sourceLocation: sourceLocation)
        return message.replacing(directory.path() + "/", with: "")
    }
}

/// "train=5" becomes data.train = 5.
func configuration(_ keys: String) throws(EosError) -> Configuration {
    var configuration = Configuration()
    try configuration.set(assignments: keys)
    var result = Configuration()
    result.merge(configuration, under: "data")
    return result
}

extension Dataset {
    var shape: [Int64] {
        let table = table.pointee
        return [table.train, table.test, table.features, table.channels, table.steps, table.classes]
    }

    var inputs: [Double] { numbers(0..<count * Int(table.pointee.features)) }

    func sample(_ index: Int) -> [Double] {
        let features = Int(table.pointee.features)
        return numbers(index * features..<(index + 1) * features)
    }

    private func numbers(_ range: Range<Int>) -> [Double] {
        if table.pointee.dtype == UInt32(EOS_F64) {
            let inputs = table.pointee.inputs.assumingMemoryBound(to: Double.self)
            return Array(UnsafeBufferPointer(start: inputs + range.lowerBound, count: range.count))
        }
        let inputs = table.pointee.inputs.assumingMemoryBound(to: Float.self)
        return UnsafeBufferPointer(start: inputs + range.lowerBound, count: range.count).map { Double($0) }
    }

    private var count: Int { Int(table.pointee.train + table.pointee.test) }
    var labels: [Int32] { Array(UnsafeBufferPointer(start: table.pointee.labels, count: count)) }
    var lengths: [Int64]? {
        table.pointee.lengths.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
}

func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 2 + 1000)
    let written = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = deflate(&stream, Z_FINISH)
            precondition(status == Z_STREAM_END)
            return Int(stream.total_out)
        }
    }
    return Array(output[..<written])
}
