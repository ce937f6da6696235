/// A state about to be written: texts, small arrays that it owns, and large ones that it borrows.
public final class StateDocument {
    public var metadata: [String: String] = [:]
    private var tensors: [StateTensor] = []
    private var owned: [UnsafeMutableRawBufferPointer] = []

    public init() {}

    deinit {
        for buffer in owned { buffer.deallocate() }
    }

    public func add(_ name: String, _ numbers: [Double]) {
        numbers.withUnsafeBytes { copy(name, .f64, [numbers.count], $0) }
    }

    public func add(_ name: String, _ integers: [Int64]) {
        integers.withUnsafeBytes { copy(name, .i64, [integers.count], $0) }
    }

    public func add(_ name: String, bytes: [UInt8]) {
        bytes.withUnsafeBytes { copy(name, .u8, [bytes.count], $0) }
    }

    /// Adds a tensor whose bytes stay valid and unchanged until the document has been written.
    public func borrow(_ tensor: StateTensor) {
        tensors.append(tensor)
    }

    public func write(to sink: (UnsafeRawBufferPointer) throws(EosError) -> Void) throws(EosError) {
        try Safetensors.write(tensors, metadata: metadata, to: sink)
    }

    private func copy(
        _ name: String, _ type: StateTensor.Element, _ shape: [Int], _ bytes: UnsafeRawBufferPointer
    ) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        buffer.copyMemory(from: bytes)
        owned.append(buffer)
        tensors.append(StateTensor(name: name, type: type, shape: shape, bytes: UnsafeRawBufferPointer(buffer)))
    }
}
