import CEos
import EosCore

@c @implementation
public func eos_trainer_save(_ trainer: OpaquePointer!, _ writer: UnsafePointer<eos_writer>!) -> eos_status {
    TrainerHandle.reporting(trainer, .saves) { handle throws(EosError) in
        // To `write`.
        try requireSize(writer, "writer", least: MemoryLayout<eos_writer>.size)
        let writer = try required(writer, "writer")
        guard writer.pointee.write != nil else { throw EosError(EOS_E_INVALID, "writer->write is NULL") }
        let document = try handle.trainer.save(handle.objective?.objective)
        try document.write { bytes throws(EosError) in
            let status = eos_write_all(writer, bytes.baseAddress, Int64(bytes.count))
            guard status == EOS_OK else {
                throw EosError(
                    status < 0 ? Int(status) : EOS_E_IO, "the writer refused \(bytes.count) bytes with status \(status)"
                )
            }
        }
    }
}

@c @implementation
public func eos_trainer_load(_ trainer: OpaquePointer!, _ reader: UnsafePointer<eos_reader>!) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        // To `read`.
        try requireSize(reader, "reader", least: MemoryLayout<eos_reader>.size)
        guard let read = try required(reader, "reader").pointee.read else {
            throw EosError(EOS_E_INVALID, "reader->read is NULL")
        }
        let ctx = reader.pointee.ctx
        let state = try Safetensors.read { buffer throws(EosError) in
            let given = read(ctx, buffer.baseAddress, Int64(buffer.count))
            guard given >= 0 else { throw EosError(Int(given), "the reader failed with status \(given)") }
            guard given <= buffer.count else {
                throw EosError(EOS_E_INVALID, "the reader gave \(given) bytes, but \(buffer.count) were requested")
            }
            return Int(given)
        }
        try handle.trainer.load(state, handle.objective?.objective)
    }
}
