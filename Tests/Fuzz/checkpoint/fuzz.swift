import FuzzChecks

/// One input of libFuzzer, which is told of a finding by a trap.
@c
public func LLVMFuzzerTestOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    if let complaint = CheckpointCheck.complaint(about: input) { fatalError(complaint) }
    return 0
}
