import CEos
import Glibc

/// A state that was read and found whole: texts and named arrays, which it owns.
///
/// The typed readers throw `EOS_E_FORMAT` where a name is missing or its array is of another type or size.
public final class SavedState: @unchecked Sendable {
    // Unchecked because of the buffers: nothing writes to them once the state has been made.
    public let metadata: [String: String]
    /// In the order of the file.
    public let names: [String]
    private let tensors: [String: StateTensor]
    private let buffers: [UnsafeMutableRawBufferPointer]

    /// Takes over the buffers that the tensors lie in, from malloc.
    init(metadata: [String: String], tensors: [StateTensor], buffers: [UnsafeMutableRawBufferPointer]) {
        self.metadata = metadata
        self.names = tensors.map(\.name)
        self.tensors = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        self.buffers = buffers
    }

    deinit {
        for buffer in buffers { free(buffer.baseAddress) }
    }

    public func contains(_ name: String) -> Bool { tensors[name] != nil }

    /// Type and shape of the array `name`, or nil.
    public func layout(_ name: String) -> (type: StateTensor.Element, shape: [Int])? {
        tensors[name].map { ($0.type, $0.shape) }
    }

    /// Lends the bytes of the array `name`, aligned to 64, which must have this type and, unless nil, this number of
    /// elements.
    public func withTensor<Result>(
        _ name: String, _ type: StateTensor.Element, count: Int? = nil,
        _ body: (UnsafeRawBufferPointer) throws(EosError) -> Result
    ) throws(EosError) -> Result {
        try body(try tensor(name, type, count: count).bytes)
    }

    private func tensor(
        _ name: String, _ type: StateTensor.Element, count: Int?
    ) throws(EosError) -> StateTensor {
        guard let tensor = tensors[name] else {
            throw EosError(EOS_E_FORMAT, "the saved state has no \(name); it is of another kind or version")
        }
        guard tensor.type == type else {
            throw EosError(
                EOS_E_FORMAT,
                "\(name) of the saved state is \(tensor.type.rawValue), not \(type.rawValue); "
                    + "it is of another kind or version")
        }
        let elements = tensor.bytes.count / type.size
        if let count, elements != count {
            throw EosError(
                EOS_E_FORMAT,
                "\(name) of the saved state has \(elements) elements, not \(count); "
                    + "it belongs to another objective or policy")
        }
        return tensor
    }

    public func numbers(_ name: String, count: Int? = nil) throws(EosError) -> [Double] {
        Array(try tensor(name, .f64, count: count).bytes.bindMemory(to: Double.self))
    }

    public func integers(_ name: String, count: Int? = nil) throws(EosError) -> [Int64] {
        Array(try tensor(name, .i64, count: count).bytes.bindMemory(to: Int64.self))
    }

    public func bytes(_ name: String, count: Int? = nil) throws(EosError) -> [UInt8] {
        Array(try tensor(name, .u8, count: count).bytes)
    }

    public func text(_ key: String) throws(EosError) -> String {
        guard let text = metadata[key] else {
            throw EosError(EOS_E_FORMAT, "the saved state has no text \(key); it is of another kind or version")
        }
        return text
    }
}
