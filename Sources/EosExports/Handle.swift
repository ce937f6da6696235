import CEos
import EosCore

/// An object of ours behind an opaque pointer of `eos.h`.
protocol Handle: AnyObject {}

extension Handle {
    /// The pointer, which owns the object until `release`.
    func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

    static func from(_ pointer: OpaquePointer) -> Self {
        Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// The object behind an argument, which must not be NULL.
    static func from(_ pointer: OpaquePointer?, _ name: String) throws(EosError) -> Self {
        from(try required(pointer, name))
    }

    static func release(_ pointer: OpaquePointer?) {
        if let pointer { Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release() }
    }
}

/// Looks at a struct of the caller's, which must not be NULL: done before the work whose result it takes.
///
/// - Parameter least: bytes up to the end of what must be given.
/// - Returns: its `struct_size`.
@discardableResult
func requireSize<T>(_ pointer: UnsafePointer<T>?, _ name: String, least: Int = 8) throws(EosError) -> UInt32 {
    let size = UnsafeRawPointer(try required(pointer, name)).load(as: UInt32.self)
    guard size >= least else {
        throw EosError(EOS_E_INVALID, "\(name)->struct_size is \(size); set it to sizeof *\(name) before the call")
    }
    return size
}

@discardableResult
func requireSize<T>(_ pointer: UnsafeMutablePointer<T>?, _ name: String, least: Int = 8) throws(EosError) -> UInt32 {
    try requireSize(UnsafePointer(pointer), name, least: least)
}

/// Fills a struct of the caller's as far as its `struct_size` covers it, and leaves that field as it is.
func fill<T>(_ out: UnsafeMutablePointer<T>?, _ name: String, with value: T) throws(EosError) {
    let size = try requireSize(out, name)
    let out = try required(out, name)
    withUnsafeBytes(of: value) { bytes in
        let count = min(Int(size), bytes.count) - 4
        (UnsafeMutableRawPointer(out) + 4).copyMemory(from: bytes.baseAddress! + 4, byteCount: count)
    }
}

/// Reads a struct of the caller's as far as its `struct_size` covers it; the rest is as in `zero`.
///
/// - Parameter least: bytes up to the end of what must be given.
func readStruct<T>(
    _ pointer: UnsafePointer<T>?, _ name: String, least: Int = 8, as zero: T
) throws(EosError) -> T {
    let size = try requireSize(pointer, name, least: least)
    return readTable(try required(pointer, name), declaring: size, as: zero)
}
