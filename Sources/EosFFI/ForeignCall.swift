import CFFI
import EosCore

/// A call that is ready to be made: a function, and room for its arguments and its result.
///
/// Nothing is allocated by a call. One thread at a time.
public final class ForeignCall {
    public let interface: CallInterface
    private let function: UnsafeRawPointer
    private let block: UnsafeMutableRawPointer
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// The pointers that are handed to libffi, and how many of them are taken anew from `pieces` for each call.
    private let handed: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let pieces: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let renewed: Int
    private let cif: UnsafeMutablePointer<ffi_cif>

    /// - Parameter function: stays callable for as long as this lives.
    public init(_ function: UnsafeRawPointer, _ interface: CallInterface) {
        self.interface = interface
        self.function = function
        cif = interface.callingCIF
        let types = interface.signature.parameters.map(\.type)
        // The result first, at least as wide as a register: libffi widens small integers.
        var offset = Self.rounded(max(16, interface.types.size(of: interface.signature.returns)?.size ?? 0))
        var offsets: [Int] = []
        for type in types {
            offsets.append(offset)
            offset += Self.rounded(interface.types.size(of: type)?.size ?? 8)
        }
        block = .allocate(byteCount: offset, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: offset)
        pointers = .allocate(capacity: max(1, types.count))
        for (index, offset) in offsets.enumerated() { (pointers + index).initialize(to: block + offset) }
        // In place of a struct by value, ffi_call leaves the address of a copy on its own stack, which is gone by then.
        let isChanged = types.contains { if case .structure = $0 { true } else { false } }
        renewed = isChanged ? interface.pieces.count : 0
        pieces = isChanged ? .allocate(capacity: renewed) : pointers
        handed = isChanged ? .allocate(capacity: renewed) : pointers
        for index in 0..<renewed {
            let piece = interface.pieces[index]
            (pieces + index).initialize(to: block + offsets[piece.argument] + piece.offset)
        }
    }

    deinit {
        block.deallocate()
        if renewed > 0 {
            pieces.deallocate()
            handed.deallocate()
        }
        pointers.deallocate()
    }

    /// Where argument `index` is taken from: room for a value of its C type.
    @inline(__always)
    public func slot(_ index: Int) -> UnsafeMutableRawPointer { pointers[index]! }

    @inline(__always)
    public func set<Value: BitwiseCopyable>(_ index: Int, _ value: Value) {
        pointers[index]!.storeBytes(of: value, as: Value.self)
    }

    @inline(__always)
    public func invoke() {
        if renewed > 0 { handed.update(from: pieces, count: renewed) }
        eos_ffi_call(cif, function, block, handed)
    }

    /// What the last call returned. An integer is read at its own width, which lies first on a little-endian machine.
    @inline(__always)
    public func result<Value: BitwiseCopyable>(as type: Value.Type = Value.self) -> Value {
        block.load(as: type)
    }

    /// Where the result is.
    public var resultPointer: UnsafeMutableRawPointer { block }

    private static func rounded(_ size: Int) -> Int { (size + 15) & ~15 }
}
