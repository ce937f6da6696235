extension Double {
    /// One digit after the point, to the right of a column.
    func column(_ width: Int) -> String {
        let tenths = Int((self * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)".leading(to: width)
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
    func leading(to width: Int) -> String { String(repeating: " ", count: Swift.max(0, width - count)) + self }
}
