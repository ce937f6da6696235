import CEos
import EosCore
import Glibc

/// Zeroed memory that lives as long as the plan of a call.
final class CallMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { free(block) } }

    /// - Throws: `EOS_E_MEMORY`.
    func allocate(_ bytes: Int) throws(EosError) -> UnsafeMutableRawPointer {
        // Pages of a large block that nobody touches cost nothing.
        guard let block = calloc(1, max(1, bytes)) else {
            throw EosError(
                EOS_E_MEMORY, "there is not enough memory for \(bytes) bytes of the arguments of a foreign function")
        }
        blocks.append(block)
        return block
    }
}

/// The pointers that setup calls of a library gave, each in a place that never moves.
final class HandleTable: @unchecked Sendable {
    private let cells: [String: UnsafeMutableRawPointer]

    /// The places are never freed, as the library may keep them.
    init(_ names: Set<String>) {
        var cells: [String: UnsafeMutableRawPointer] = [:]
        for name in names {
            let cell = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
            cell.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
            cells[name] = cell
        }
        self.cells = cells
    }

    /// Of a name that the manifest was checked for.
    func cell(_ name: String) -> UnsafeMutableRawPointer { cells[name]! }
}
