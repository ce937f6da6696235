import CEosTexts

/// Why a trainer stopped, in words: the text that `eos.h` gives for `EOS_STOP_*`.
public func stopText(_ stop: Int32) -> String { String(cString: texts_stop(stop)) }

/// Every `EOS_STOP_*` of `eos.h`, in its order.
public let stopReasons: [Int32] = (0..<texts_stop_count()).map { texts_stop_at($0) }

/// Why a step was accepted, in words: the text that `eos.h` gives for `EOS_REASON_*`.
public func reasonText(_ reason: Int32) -> String { String(cString: texts_reason(reason)) }
