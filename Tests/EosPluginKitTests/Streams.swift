import CEos

/// A stream in memory that takes and gives at most `piece` bytes at a time.
final class MemoryStream {
    var bytes: [UInt8] = []
    private var position = 0
    private let piece: Int
    /// After so many bytes the sink is full.
    private let room: Int

    init(_ bytes: [UInt8] = [], piece: Int = 1, room: Int = .max) {
        self.bytes = bytes
        self.piece = piece
        self.room = room
    }

    var writer: eos_writer {
        var writer = eos_writer()
        writer.struct_size = UInt32(MemoryLayout<eos_writer>.size)
        writer.ctx = Unmanaged.passUnretained(self).toOpaque()
        writer.write = { context, bytes, size in
            let stream = Unmanaged<MemoryStream>.fromOpaque(context!).takeUnretainedValue()
            let taken = min(Int(size), stream.piece, stream.room - stream.bytes.count)
            guard taken > 0 else { return Int64(EOS_E_IO) }
            stream.bytes += UnsafeRawBufferPointer(start: bytes, count: taken)
            return Int64(taken)
        }
        return writer
    }

    var reader: eos_reader {
        var reader = eos_reader()
        reader.struct_size = UInt32(MemoryLayout<eos_reader>.size)
        reader.ctx = Unmanaged.passUnretained(self).toOpaque()
        reader.read = { context, out, size in
            let stream = Unmanaged<MemoryStream>.fromOpaque(context!).takeUnretainedValue()
            let given = min(Int(size), stream.piece, stream.bytes.count - stream.position)
            for i in 0..<given {
                out!.storeBytes(of: stream.bytes[stream.position + i], toByteOffset: i, as: UInt8.self)
            }
            stream.position += given
            return Int64(given)
        }
        return reader
    }
}
