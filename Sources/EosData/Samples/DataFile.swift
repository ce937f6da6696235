import CEos
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
        let raw = UnsafeRawBufferPointer(try Self.read(path))
        if Gzip.isStart(of: raw) {
            defer { free(UnsafeMutableRawPointer(mutating: raw.baseAddress)) }
            bytes = UnsafeRawBufferPointer(try Gzip.inflate(raw, path))
        } else {
            bytes = raw
        }
        if let sentence = ForeignContents.sentence(bytes) { throw damaged(sentence) }
    }

    deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

    /// The error "FILE: what; what to do".
    func damaged(_ message: String) -> EosError { EosError(EOS_E_FORMAT, "\(path): \(message)") }

    /// The error "FILE:LINE: what; what to do".
    func damaged(line: Int, _ message: String) -> EosError { EosError(EOS_E_FORMAT, "\(path):\(line): \(message)") }

    /// Throws where the file holds a byte that no text has.
    func requireText() throws(EosError) {
        guard let start = bytes.baseAddress, let zero = memchr(start, 0, bytes.count) else { return }
        let offset = start.distance(to: UnsafeRawPointer(zero))
        let line = 1 + bytes[..<offset].reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
        throw damaged(
            line: line, "byte \(offset + 1) of the file is zero, so it is not UTF-8 text; save it as UTF-8")
    }

    private static func locate(_ name: String, key: String, directories: [String]) throws(EosError) -> String {
        guard !name.isEmpty else { throw EosError(EOS_E_CONFIG, "\(key) = \"\" is not a file; give a path") }
        if name.hasPrefix("/") { return name }
        var places = directories
        if let common = getenv("EOS_DATA_DIR"), common.pointee != 0 { places.append(ByteText.text(common)) }
        if places.isEmpty { places = ["."] }
        for place in places.map({ "\($0)/\(name)" }) where ByteText.withBytes(of: place, { access($0, F_OK) }) == 0 {
            return place
        }
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

    /// Memory for the contents of the file `path`.
    static func allocate(_ size: Int, _ path: String) throws(EosError) -> UnsafeMutableRawPointer {
        guard UInt64(size) <= Memory.limit, let memory = malloc(max(1, size)) else {
            throw EosError(
                EOS_E_MEMORY,
                "\(path): there is not enough memory for its \(size) bytes; this process is limited to \(Memory.limit)")
        }
        return memory
    }
}
