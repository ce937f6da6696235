import CEos
import CZlib
import EosCore
import Glibc

/// Decompression of gz, RFC 1952: one or more members, with zeros behind each as tapes and block devices leave them.
enum Gzip {
    static func isStart(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
    }

    /// - Parameter path: as errors name it.
    /// - Returns: memory of `malloc`, the caller's.
    /// - Throws: `EOS_E_FORMAT` with the byte at which the compression is damaged, cut short or followed by something
    ///   else; `EOS_E_MEMORY`.
    static func inflate(
        _ compressed: UnsafeRawBufferPointer, _ path: String
    ) throws(EosError) -> UnsafeMutableRawBufferPointer {
        var output = try Output(firstCapacity(compressed), path)
        do throws(EosError) { try inflate(compressed, path, into: &output) } catch {
            free(output.memory)
            throw error
        }
        return UnsafeMutableRawBufferPointer(start: output.memory, count: output.filled)
    }

    /// Memory that grows as it is filled.
    private struct Output {
        private(set) var memory: UnsafeMutableRawPointer
        private(set) var capacity: Int
        var filled = 0
        private let path: String

        init(_ capacity: Int, _ path: String) throws(EosError) {
            memory = try DataFile.allocate(capacity, path)
            self.capacity = capacity
            self.path = path
        }

        mutating func grow() throws(EosError) {
            let (larger, overflow) = capacity.multipliedReportingOverflow(by: 2)
            guard !overflow, UInt64(larger) <= Memory.limit, let moved = realloc(memory, larger) else {
                throw EosError(
                    EOS_E_MEMORY,
                    "\(path): there is not enough memory for its decompressed data, more than \(capacity) bytes; "
                        + "this process is limited to \(Memory.limit)")
            }
            (memory, capacity) = (moved, larger)
        }
    }

    private static func inflate(
        _ compressed: UnsafeRawBufferPointer, _ path: String, into output: inout Output
    ) throws(EosError) {
        var stream = z_stream()
        let gzip = 15 + 16
        guard inflateInit2_(&stream, Int32(gzip), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw EosError(EOS_E_MEMORY, "\(path): there is not enough memory to decompress it")
        }
        defer { inflateEnd(&stream) }
        var position = 0
        while true {
            if output.filled == output.capacity { try output.grow() }
            let input = min(compressed.count - position, 1 << 30)
            let room = min(output.capacity - output.filled, 1 << 30)
            stream.next_in = UnsafeMutablePointer(
                mutating: (compressed.baseAddress! + position).assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(input)
            stream.next_out = (output.memory + output.filled).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(room)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            position += input - Int(stream.avail_in)
            output.filled += room - Int(stream.avail_out)
            switch status {
            case Z_OK: break
            // More room is all that it waits for.
            case Z_BUF_ERROR where output.filled == output.capacity: break
            case Z_STREAM_END:
                let end = position
                position += compressed[position...].prefix { $0 == 0 }.count
                let rest = UnsafeRawBufferPointer(rebasing: compressed[position...])
                guard rest.isEmpty || isStart(of: rest) else {
                    throw EosError(
                        EOS_E_FORMAT,
                        "\(path): \(compressed.count - end) bytes follow the end of its gzip data at byte \(end), "
                            + "and they are neither zeros nor gzip; download the file again")
                }
                if rest.isEmpty { return }
                inflateReset(&stream)
            case Z_BUF_ERROR: throw fault(path, "is cut short", position)
            default: throw fault(path, "is damaged", position)
            }
        }
    }

    private static func fault(_ path: String, _ what: String, _ position: Int) -> EosError {
        EosError(EOS_E_FORMAT, "\(path): its gzip compression \(what) at byte \(position); download the file again")
    }

    /// The size that the file says it has (modulo 2^32), as far as deflate's best ratio of 1032 allows it. What stands
    /// there may be false, so that larger outputs grow to their size.
    private static func firstCapacity(_ compressed: UnsafeRawBufferPointer) -> Int {
        let size = compressed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return max(64, min(size, 1032 * compressed.count, 1 << 28))
    }
}
