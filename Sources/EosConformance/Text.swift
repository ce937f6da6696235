import Glibc

/// Three significant digits.
func short(_ number: Double) -> String {
    var text = [CChar](repeating: 0, count: 32)
    _ = withVaList([number]) { vsnprintf(&text, text.count, "%.3g", $0) }
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
}

/// "1 thread", "3 threads".
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// "12 ns", "3.4 ms".
func time(_ nanoseconds: Double) -> String {
    for (unit, size) in [("ns", 1.0), ("us", 1e3), ("ms", 1e6)] where nanoseconds < 1000 * size {
        return "\(short(nanoseconds / size)) \(unit)"
    }
    return "\(short(nanoseconds / 1e9)) s"
}
