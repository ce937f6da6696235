import CEos
import CZlib
import EosCore
import Glibc

/// A data file in memory, decompressed where it is gz by its first bytes, whatever its name.
final class DataFile {
    /// As found, for messages.
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// Looks `name` up in `directories`, then in `EOS_DATA_DIR`, and reads it.
    init(_ name: String, key: String, directories: [String]) throws(EosError) {
        path = try Self.locate(name, key: key, directories: directories)
        let raw = try Self.read(path)
        guard raw.count >= 2, raw[0] == 0x1f, raw[1] == 0x8b else {
            bytes = UnsafeRawBufferPointer(raw)
            return
        }
        defer { free(raw.baseAddress) }
        bytes = UnsafeRawBufferPointer(try Self.inflate(UnsafeRawBufferPointer(raw), path))
    }

    deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

    /// The error "FILE: what; what to do".
    func damaged(_ message: String) -> EosError { EosError(EOS_E_FORMAT, "\(path): \(message)") }

    private static func locate(_ name: String, key: String, directories: [String]) throws(EosError) -> String {
        guard !name.isEmpty else { throw EosError(EOS_E_CONFIG, "\(key) = \"\" names no file; give a path") }
        if name.hasPrefix("/") { return name }
        var places = directories
        if let common = getenv("EOS_DATA_DIR"), common.pointee != 0 { places.append(String(cString: common)) }
        if places.isEmpty { places = ["."] }
        for place in places where access("\(place)/\(name)", F_OK) == 0 { return "\(place)/\(name)" }
        let remedy = getenv("EOS_DATA_DIR") == nil ? "; set EOS_DATA_DIR to the directory that holds it" : ""
        throw EosError(
            EOS_E_IO, "\(key) = \"\(name)\": no such file in \(places.joined(separator: ", "))\(remedy)")
    }

    private static func read(_ path: String) throws(EosError) -> UnsafeMutableRawBufferPointer {
        func failure(_ what: String) -> EosError {
            EosError(EOS_E_IO, "\(path): \(what): \(String(cString: strerror(errno)))")
        }
        let file: RegularFile
        do throws(RegularFile.Fault) { file = try RegularFile(path) } catch {
            let remedy = if case .kind = error { "; give the path of a data file" } else { "" }
            throw EosError(EOS_E_IO, "\(path): \(error.sentence)\(remedy)")
        }
        let size = file.size
        let buffer = UnsafeMutableRawBufferPointer(start: try allocate(size, path), count: size)
        var position = 0
        while position < size {
            let count = Glibc.read(file.descriptor, buffer.baseAddress! + position, size - position)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error =
                    count < 0 ? failure("can't be read") : EosError(EOS_E_IO, "\(path): shrank while it was read")
                free(buffer.baseAddress)
                throw error
            }
            position += count
        }
        return buffer
    }

    private static func allocate(_ size: Int, _ path: String) throws(EosError) -> UnsafeMutableRawPointer {
        guard let memory = malloc(max(1, size)) else {
            throw EosError(EOS_E_MEMORY, "\(path): not enough memory for its \(size) bytes")
        }
        return memory
    }
}

/// gz, RFC 1952: one or more members.
extension DataFile {
    private static func inflate(
        _ compressed: UnsafeRawBufferPointer, _ path: String
    ) throws(EosError) -> UnsafeMutableRawBufferPointer {
        var capacity = firstCapacity(compressed)
        var memory = try allocate(capacity, path)
        var filled = 0
        var stream = z_stream()
        let gzip = 15 + 16
        guard inflateInit2_(&stream, Int32(gzip), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            free(memory)
            throw EosError(EOS_E_MEMORY, "\(path): not enough memory to decompress it")
        }
        defer { inflateEnd(&stream) }

        var position = 0
        var isBetweenMembers = false
        while !(isBetweenMembers && position == compressed.count) {
            if filled == capacity {
                let (larger, overflow) = capacity.multipliedReportingOverflow(by: 2)
                guard !overflow, let moved = realloc(memory, larger) else {
                    free(memory)
                    throw EosError(EOS_E_MEMORY, "\(path): not enough memory for its contents (over \(capacity) bytes)")
                }
                (memory, capacity) = (moved, larger)
            }
            let input = min(compressed.count - position, 1 << 30)
            let room = min(capacity - filled, 1 << 30)
            stream.next_in = UnsafeMutablePointer(
                mutating: (compressed.baseAddress! + position).assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(input)
            stream.next_out = (memory + filled).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(room)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            position += input - Int(stream.avail_in)
            filled += room - Int(stream.avail_out)
            switch status {
            case Z_OK: isBetweenMembers = false
            case Z_STREAM_END:
                isBetweenMembers = true
                inflateReset(&stream)
            case Z_BUF_ERROR where filled == capacity: break
            default:
                let reason = status == Z_BUF_ERROR ? "is cut short" : "is damaged"
                free(memory)
                throw EosError(
                    EOS_E_FORMAT, "\(path): its gz compression \(reason) at byte \(position); fetch the file again")
            }
        }
        return UnsafeMutableRawBufferPointer(start: memory, count: filled)
    }

    /// The size that the file says it has (modulo 2^32), as far as deflate's best ratio of 1032 allows it.
    private static func firstCapacity(_ compressed: UnsafeRawBufferPointer) -> Int {
        let size = compressed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return max(64, min(size, 1032 * compressed.count))
    }
}
