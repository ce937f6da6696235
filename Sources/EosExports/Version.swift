import CEos
import CEosTexts

/// Immortal copy of the header's version.
private let version = StaticString("1.0.0")

@c @implementation
public func eos_version() -> UnsafePointer<CChar>! {
    UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func eos_abi() -> UInt32 { UInt32(EOS_ABI) }

@c @implementation
public func eos_status_text(_ status: eos_status) -> UnsafePointer<CChar>! { texts_status(status) }

@c @implementation
public func eos_stop_text(_ stop: Int32) -> UnsafePointer<CChar>! { texts_stop(stop) }

@c @implementation
public func eos_reason_text(_ reason: Int32) -> UnsafePointer<CChar>! { texts_reason(reason) }
