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
