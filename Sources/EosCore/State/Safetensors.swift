import CEos
import Glibc

/// The one format of saved state: safetensors (huggingface.co/docs/safetensors), with checksums.
///
/// A file is the length of the header (8 bytes, little-endian), the header (JSON, padded with spaces to 8 bytes) and the
/// arrays. The header starts with the text "checksum": a CRC-64/XZ over length and header, in which its own digits count
/// as zeros, a colon, and one over the arrays. So the header is known to be whole before anything in it is believed, and
/// no flipped bit and no cut goes unseen. Other readers see an ordinary safetensors file.
public enum Safetensors {
    /// Bytes of a header that the format allows.
    static let longestHeader = 100_000_000
    static let checksumKey = "checksum"

    /// Writes everything, in a few large parts.
    ///
    /// - Throws: `EOS_E_INVALID` for names that are empty or there twice and for bytes that do not fit their shape;
    ///   whatever `sink` throws.
    public static func write(
        _ tensors: [StateTensor], metadata: [String: String],
        to sink: (UnsafeRawBufferPointer) throws(EosError) -> Void
    ) throws(EosError) {
        // Readers want the arrays without gaps: in falling element size each is aligned all the same.
        let ordered = [8, 4, 1].flatMap { size in tensors.filter { $0.type.size == size } }
        var data = CRC64()
        for tensor in ordered { data.update(tensor.bytes) }
        let header = try SafetensorsHeader.render(ordered, metadata: metadata, data: data.value)
        try send(header, to: sink)
        for tensor in ordered where !tensor.bytes.isEmpty { try sink(tensor.bytes) }
    }

    private static func send(
        _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws(EosError) -> Void
    ) throws(EosError) {
        let result = bytes.withUnsafeBytes { bytes -> Result<Void, EosError> in
            do throws(EosError) { return .success(try sink(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Reads one state from all of `bytes`.
    ///
    /// - Throws: `EOS_E_FORMAT` where anything is damaged, missing or written by something else; `EOS_E_MEMORY`.
    public static func read(_ bytes: [UInt8]) throws(EosError) -> SavedState {
        var position = 0
        return try read { (buffer) throws(EosError) in
            let count = min(buffer.count, bytes.count - position)
            buffer.copyBytes(from: bytes[position..<position + count])
            position += count
            return count
        }
    }

    /// Reads one state, and nothing behind it.
    ///
    /// - Parameter source: fills the front of the buffer and returns how many bytes it gave; 0 is the end.
    /// - Throws: `EOS_E_FORMAT` where anything is damaged, missing or written by something else; `EOS_E_MEMORY`;
    ///   whatever `source` throws.
    public static func read(
        from source: (UnsafeMutableRawBufferPointer) throws(EosError) -> Int
    ) throws(EosError) -> SavedState {
        let header = try readHeader(from: source)
        var buffers: [UnsafeMutableRawBufferPointer] = []
        do throws(EosError) {
            var data = CRC64()
            var tensors: [StateTensor] = []
            for entry in header.entries {
                let buffer = try allocate(entry)
                buffers.append(buffer)
                try fill(buffer, from: source, what: entry.name)
                data.update(UnsafeRawBufferPointer(buffer))
                tensors.append(
                    StateTensor(
                        name: entry.name, type: entry.type, shape: entry.shape, bytes: UnsafeRawBufferPointer(buffer)))
            }
            guard data.value == header.dataChecksum else {
                throw EosError(EOS_E_FORMAT, "the saved state is damaged: its data do not match their checksum")
            }
            return SavedState(metadata: header.metadata, tensors: tensors, buffers: buffers)
        } catch {
            for buffer in buffers { free(buffer.baseAddress) }
            throw error
        }
    }

    private static func readHeader(
        from source: (UnsafeMutableRawBufferPointer) throws(EosError) -> Int
    ) throws(EosError) -> SafetensorsHeader {
        var bytes = [UInt8](repeating: 0, count: 8)
        try fill(&bytes, from: 0, source: source)
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length > 1, length <= UInt64(longestHeader) else {
            throw EosError(
                EOS_E_FORMAT, "this is not a saved state, or it is damaged: its header of \(length) bytes is too large")
        }
        // Grown as bytes arrive: a damaged length asks for no memory that the source does not fill.
        while bytes.count < 8 + Int(length) {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: min(8 + Int(length) - start, 1 << 20)))
            try fill(&bytes, from: start, source: source)
        }
        return try SafetensorsHeader(parsing: bytes)
    }

    private static func fill(
        _ bytes: inout [UInt8], from start: Int, source: (UnsafeMutableRawBufferPointer) throws(EosError) -> Int
    ) throws(EosError) {
        let result = bytes.withUnsafeMutableBytes { bytes -> Result<Void, EosError> in
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            do throws(EosError) { return .success(try fill(rest, from: source, what: "header")) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from source: (UnsafeMutableRawBufferPointer) throws(EosError) -> Int,
        what: String
    ) throws(EosError) {
        var filled = 0
        while filled < buffer.count {
            let given = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            guard given > 0 else {
                throw EosError(
                    EOS_E_FORMAT,
                    "the saved state is incomplete: its \(what) ends after \(filled) of \(buffer.count) bytes")
            }
            guard given <= buffer.count - filled else {
                throw EosError(
                    EOS_E_IO, "the source gave \(given) bytes, but \(buffer.count - filled) were requested")
            }
            filled += given
        }
    }

    private static func allocate(_ entry: SafetensorsHeader.Entry) throws(EosError) -> UnsafeMutableRawBufferPointer {
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, max(entry.range.count, 1)) == 0, let memory else {
            throw EosError(
                EOS_E_MEMORY,
                "there is not enough memory for \(entry.name) of the saved state: \(entry.range.count) bytes")
        }
        return UnsafeMutableRawBufferPointer(start: memory, count: entry.range.count)
    }
}
