import CEos
import CEosGuard

/// Reads a table of another module: as many bytes as it declares and this host knows; the rest stays as in `zero`.
///
/// A size that no struct can have is rounded down, so that no pointer is read in part.
public func readTable<T>(_ pointer: UnsafePointer<T>, declaring size: UInt32, as zero: T) -> T {
    var table = zero
    let alignment = MemoryLayout<T>.alignment
    let known = min(Int(size), MemoryLayout<T>.size) / alignment * alignment
    withUnsafeMutableBytes(of: &table) { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: known))
    }
    return table
}

/// What the functions of a table are called with. It is destroyed through the table when the last holder goes, before its
/// owner, such as the host that it was made with.
final class TableInstance {
    let pointer: UnsafeMutableRawPointer?
    private let destroy: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
    private let owner: AnyObject?
    private let calls: CallGuard

    init(
        _ pointer: UnsafeMutableRawPointer?, _ destroy: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?,
        owner: AnyObject?, _ calls: CallGuard
    ) {
        (self.pointer, self.destroy, self.owner, self.calls) = (pointer, destroy, owner, calls)
    }

    deinit {
        if let destroy { calls.calling(CALL_DESTROY) { destroy(pointer) } }
    }
}

/// A struct of the ABI with its size, which comes first in each.
@inlinable @inline(__always)
public func sized<Struct>(_ zero: Struct) -> Struct {
    var row = zero
    withUnsafeMutableBytes(of: &row) { $0.storeBytes(of: UInt32($0.count), as: UInt32.self) }
    return row
}

extension EosError {
    /// What to say of a status other than `EOS_OK` that a function of a table returned.
    static func failed(_ status: eos_status, in function: String, of owner: String, note: FailureNote?) -> EosError {
        let text = note?.take() ?? "\(owner)'s \(function) returned \(status) and set no error message"
        return EosError(status < 0 ? Int(status) : EOS_E_FAILED, text)
    }
}

/// Runs `save` with a writer that keeps everything, and returns it.
func collectBytes(_ save: (UnsafePointer<eos_writer>) throws(EosError) -> Void) throws(EosError) -> [UInt8] {
    var collected: [UInt8] = []
    var failure: EosError?
    withUnsafeMutablePointer(to: &collected) { target in
        var writer = sized(eos_writer())
        writer.ctx = UnsafeMutableRawPointer(target)
        writer.write = { ctx, bytes, size in
            guard size > 0, let ctx, let bytes else { return Int64(EOS_E_INVALID) }
            ctx.assumingMemoryBound(to: [UInt8].self).pointee
                .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(size)))
            return size
        }
        do throws(EosError) { try save(&writer) } catch { failure = error }
    }
    if let failure { throw failure }
    return collected
}

/// Runs `load` with a reader that gives `bytes`.
func provideBytes(
    _ bytes: UnsafeRawBufferPointer, to load: (UnsafePointer<eos_reader>) throws(EosError) -> Void
) throws(EosError) {
    var rest = bytes[...]
    var failure: EosError?
    withUnsafeMutablePointer(to: &rest) { source in
        var reader = sized(eos_reader())
        reader.ctx = UnsafeMutableRawPointer(source)
        reader.read = { ctx, bytes, size in
            guard size >= 0, let ctx, let bytes else { return Int64(EOS_E_INVALID) }
            let rest = ctx.assumingMemoryBound(to: Slice<UnsafeRawBufferPointer>.self)
            let count = min(Int(size), rest.pointee.count)
            UnsafeMutableRawBufferPointer(start: bytes, count: count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.pointee.prefix(count)))
            rest.pointee = rest.pointee.dropFirst(count)
            return Int64(count)
        }
        do throws(EosError) { try load(&reader) } catch { failure = error }
    }
    if let failure { throw failure }
}
