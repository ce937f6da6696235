import CEos
import EosCore

/// Streams of saved state that give and take as little as they may.
enum StateStream {
    /// Calls `save` with a writer that takes at most `piece` bytes at a time and fails after `room` bytes.
    static func collect(
        piece: Int = .max, room: Int = .max, _ save: (UnsafePointer<eos_writer>) -> eos_status
    ) -> (status: eos_status, bytes: [UInt8]) {
        var sink = Sink(piece: piece, room: room)
        let status = withUnsafeMutablePointer(to: &sink) { sink in
            var writer = sized(eos_writer())
            writer.ctx = UnsafeMutableRawPointer(sink)
            writer.write = { context, bytes, size in
                let sink = context!.assumingMemoryBound(to: Sink.self)
                guard size > 0, let bytes else { return Int64(EOS_E_INVALID) }
                let count = min(Int(size), sink.pointee.piece, sink.pointee.room - sink.pointee.bytes.count)
                guard count > 0 else { return Int64(EOS_E_IO) }
                sink.pointee.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
                return Int64(count)
            }
            return save(&writer)
        }
        return (status, sink.bytes)
    }

    /// Calls `load` with a reader that gives at most `piece` bytes at a time, then their end.
    static func provide(
        _ bytes: [UInt8], piece: Int = .max, _ load: (UnsafePointer<eos_reader>) -> eos_status
    ) -> eos_status {
        var source = Source(bytes: bytes, piece: piece)
        return withUnsafeMutablePointer(to: &source) { source in
            var reader = sized(eos_reader())
            reader.ctx = UnsafeMutableRawPointer(source)
            reader.read = { context, bytes, size in
                let source = context!.assumingMemoryBound(to: Source.self)
                guard size >= 0, let bytes else { return Int64(EOS_E_INVALID) }
                let next = source.pointee.next
                let count = min(Int(size), source.pointee.piece, source.pointee.bytes.count - next)
                source.pointee.bytes.withUnsafeBytes { all in
                    if count > 0 { bytes.copyMemory(from: all.baseAddress! + next, byteCount: count) }
                }
                source.pointee.next += count
                return Int64(count)
            }
            return load(&reader)
        }
    }

    private struct Sink {
        let piece: Int
        let room: Int
        var bytes: [UInt8] = []
    }

    private struct Source {
        let bytes: [UInt8]
        let piece: Int
        var next = 0
    }

    /// States that are not what was saved, and whether they can be told from it without a checksum.
    static func damaged(_ state: [UInt8]) -> [(name: String, bytes: [UInt8], isCut: Bool)] {
        var result: [(String, [UInt8], Bool)] = []
        if !state.isEmpty {
            for length in Set([0, 1, state.count / 2, state.count - 1]).sorted() where length < state.count {
                result.append(("cut to \(length) of \(state.count) bytes", Array(state.prefix(length)), true))
            }
            for index in stride(from: 0, to: state.count, by: max(1, state.count / 32)) {
                var flipped = state
                flipped[index] ^= 1 << (index % 8)
                result.append(("with a bit of byte \(index) changed", flipped, false))
            }
            result.append(("made of 0xff", [UInt8](repeating: 0xff, count: state.count), false))
        }
        result.append(("with 64 bytes after its end", state + [UInt8](repeating: 0x5a, count: 64), false))
        return result
    }
}
