import CEos
import Glibc

/// A vector in host memory: `count` elements of one type, aligned to a cache line, owned.
///
/// Elements are uninitialised at first. A reference type, so that two vectors are exchanged without copying.
public final class Vector {
    public let pointer: UnsafeMutableRawPointer
    public let count: Int
    public let type: ElementType

    /// - Throws: `EOS_E_MEMORY` where the vector does not fit into what the machine has.
    public init(_ type: ElementType, count: Int) throws(EosError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
        var memory: UnsafeMutableRawPointer?
        guard !overflow, bytes >= 0, UInt64(bytes) <= Memory.limit,
            posix_memalign(&memory, 64, max(bytes, 64)) == 0, let memory
        else {
            throw EosError(
                EOS_E_MEMORY,
                "no memory for a vector of \(count) \(type.name) elements (\(count)*\(type.size) bytes); "
                    + "this process can have \(Memory.limit) bytes")
        }
        pointer = memory
        self.count = count
        self.type = type
    }

    deinit { free(pointer) }

    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count * type.size) }

    public func copy(from source: UnsafeRawPointer) {
        pointer.copyMemory(from: source, byteCount: count * type.size)
    }
}
