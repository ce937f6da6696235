import CEos
import Glibc

/// A vector in host memory: `count` elements of one type, aligned to a cache line, owned.
///
/// Elements are uninitialised at first. A reference type, so that two vectors are exchanged without copying. After the
/// last element lies a red zone, by which a function that writes too far is found out.
public final class Vector {
    public let pointer: UnsafeMutableRawPointer
    public let count: Int
    public let type: ElementType

    private static let zoneBytes = 64
    @inline(__always)
    private static var mark: UInt64 { 0x0e05_5e7f_a51d_e0f1 }

    /// - Throws: `EOS_E_MEMORY` where the vector does not fit into what the machine has.
    public init(_ type: ElementType, count: Int) throws(EosError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
        var memory: UnsafeMutableRawPointer?
        guard !overflow, bytes >= 0, UInt64(bytes) <= Memory.limit,
            posix_memalign(&memory, 64, bytes + Self.zoneBytes) == 0, let memory
        else {
            throw EosError(
                EOS_E_MEMORY,
                "there is no memory for a vector of \(count) \(type.name) elements (\(count)*\(type.size) bytes); "
                    + "this process is limited to \(Memory.limit) bytes")
        }
        pointer = memory
        self.count = count
        self.type = type
        markEnd()
    }

    deinit { free(pointer) }

    /// Whether nothing was written past the last element, as far as the 64 bytes after it tell.
    public var isWhole: Bool { Self.isWhole(until: pointer + count * type.size) }

    /// The same of the vector whose last element ends at `end`: without the vector, which to hold costs more.
    @inline(__always)
    static func isWhole(until end: UnsafeRawPointer) -> Bool {
        var difference: UInt64 = 0
        for offset in stride(from: 0, to: zoneBytes, by: 8) {
            difference |= end.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ mark
        }
        return difference == 0
    }

    private func markEnd() {
        let zone = pointer + count * type.size
        for offset in stride(from: 0, to: Self.zoneBytes, by: 8) {
            zone.storeBytes(of: Self.mark, toByteOffset: offset, as: UInt64.self)
        }
    }

    /// - Parameter name: "the gradient", for the message.
    /// - Throws: `EOS_E_PLUGIN` where something was written past the last element.
    func requireWhole(_ name: String) throws(EosError) {
        guard !isWhole else { return }
        // Found once, and said once.
        markEnd()
        throw EosError(
            EOS_E_PLUGIN,
            "the objective wrote past the end of \(name) (\(count) elements); correct its dimension or its loops")
    }

    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count * type.size) }

    public func copy(from source: UnsafeRawPointer) {
        pointer.copyMemory(from: source, byteCount: count * type.size)
    }
}
