import FuzzChecks

/// One input of libFuzzer, which is told of a finding by a trap.
@c
public func LLVMFuzzerTestOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    if let complaint = SpecCheck.complaint(about: text) { fatalError(complaint) }
    return 0
}
