import EosCore
import Glibc

/// A configuration behind an opaque `eos_config`: what libeos hands to programs and a create call gives to plugins.
///
/// Strings and arrays are lent as C memory until the next set of their key or the end of the handle.
public final class ConfigHandle: @unchecked Sendable {
    private let lock = Lock()
    private var values: Configuration
    private var lent: [String: LentMemory] = [:]

    public init(_ configuration: Configuration = Configuration()) { values = configuration }

    /// The handle behind a pointer that `pointer` or `retained` gave.
    public static func of(_ pointer: OpaquePointer) -> ConfigHandle {
        Unmanaged.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// This handle as an `eos_config *`, valid for as long as the handle is kept alive.
    public var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// As `pointer`, with a reference of its own, which `release` gives back.
    public func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

    public static func release(_ pointer: OpaquePointer) {
        Unmanaged<ConfigHandle>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }

    public var configuration: Configuration { lock.withLock { values } }

    public func set(_ key: String, _ value: Value?) {
        lock.withLock {
            values[key] = value
            lent[key] = nil
        }
    }

    /// Sets all keys of "c=1e-4 layers=[64, 10]", or none where it throws.
    public func set(assignments: String) throws(EosError) {
        try lock.withLock { () throws(EosError) in
            var given = Configuration()
            try given.set(assignments: assignments)
            for key in given.keys {
                values[key] = given[key]
                lent[key] = nil
            }
        }
    }

    /// The string of `key`, ended by a zero byte.
    public func lendString(_ key: String) throws(EosError) -> UnsafePointer<CChar> {
        try lock.withLock { () throws(EosError) in
            let string = try values.string(key)
            return memory(key) { .strings([string]) }.list[0]!
        }
    }

    public func lendNumbers(_ key: String) throws(EosError) -> UnsafeBufferPointer<Double> {
        try lock.withLock { () throws(EosError) in
            let numbers = try values.numbers(key)
            return memory(key) { .numbers(numbers) }.numbers
        }
    }

    public func lendStrings(_ key: String) throws(EosError) -> UnsafeBufferPointer<UnsafePointer<CChar>?> {
        try lock.withLock { () throws(EosError) in
            let strings = try values.strings(key)
            return memory(key) { .strings(strings) }.list
        }
    }

    private func memory(_ key: String, _ make: () -> LentMemory) -> LentMemory {
        if let memory = lent[key] { return memory }
        let memory = make()
        lent[key] = memory
        return memory
    }
}

/// One value as C memory.
private final class LentMemory {
    let numbers: UnsafeBufferPointer<Double>
    let list: UnsafeBufferPointer<UnsafePointer<CChar>?>

    private init(_ numbers: UnsafeBufferPointer<Double>, _ list: UnsafeBufferPointer<UnsafePointer<CChar>?>) {
        self.numbers = numbers
        self.list = list
    }

    static func numbers(_ values: [Double]) -> LentMemory {
        let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: max(1, values.count))
        _ = copy.initialize(from: values)
        return LentMemory(UnsafeBufferPointer(start: copy.baseAddress, count: values.count), emptyList)
    }

    static func strings(_ values: [String]) -> LentMemory {
        let copy = UnsafeMutableBufferPointer<UnsafePointer<CChar>?>.allocate(capacity: max(1, values.count))
        _ = copy.initialize(from: values.map { ByteText.withBytes(of: $0) { UnsafePointer(strdup($0)) } })
        return LentMemory(emptyNumbers, UnsafeBufferPointer(start: copy.baseAddress, count: values.count))
    }

    deinit {
        for string in list { free(UnsafeMutableRawPointer(mutating: string)) }
        numbers.baseAddress?.deallocate()
        list.baseAddress?.deallocate()
    }
}

private var emptyNumbers: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: nil, count: 0) }
private var emptyList: UnsafeBufferPointer<UnsafePointer<CChar>?> { UnsafeBufferPointer(start: nil, count: 0) }
