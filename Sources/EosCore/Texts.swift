import CEosTexts

/// Why a step was accepted, in words: the text that `eos.h` gives for `EOS_REASON_*`.
public func reasonText(_ reason: Int32) -> String { String(cString: texts_reason(reason)) }
