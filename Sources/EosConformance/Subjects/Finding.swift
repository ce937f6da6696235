import Glibc

/// What a check says of one thing that it looked at.
public struct Finding: Codable, Sendable {
    public enum Verdict: String, Codable, Sendable, CaseIterable {
        case pass, skipped, warning, fail
    }

    /// A number that was measured.
    public struct Figure: Codable, Sendable {
        public let name: String
        public let value: Double
        /// nil: a pure number.
        public let unit: String?
    }

    /// How the error of a difference depends on its width.
    public struct Curve: Codable, Sendable {
        public struct Row: Codable, Sendable {
            public let width: Double
            /// Relative; NaN where a value was not finite.
            public let error: Double
        }

        public let title: String
        public let rows: [Row]
    }

    public let verdict: Verdict
    /// One sentence that names the values and, unless all is well, the remedy.
    public let message: String
    public var figures: [Figure] = []
    public var curves: [Curve] = []

    public static func pass(_ message: String, figures: [Figure] = [], curves: [Curve] = []) -> Finding {
        Finding(verdict: .pass, message: message, figures: figures, curves: curves)
    }

    public static func fail(_ message: String, curves: [Curve] = []) -> Finding {
        Finding(verdict: .fail, message: message, curves: curves)
    }

    public static func warning(_ message: String, curves: [Curve] = []) -> Finding {
        Finding(verdict: .warning, message: message, curves: curves)
    }

    public static func skipped(_ reason: String) -> Finding { Finding(verdict: .skipped, message: reason) }
}

extension Finding.Verdict: Comparable {
    /// From the best to the worst; nothing was looked at in what was skipped.
    public static func < (left: Self, right: Self) -> Bool {
        let order: [Self] = [.skipped, .pass, .warning, .fail]
        return order.firstIndex(of: left)! < order.firstIndex(of: right)!
    }
}

extension [Finding] {
    /// The worst.
    public var verdict: Finding.Verdict { map(\.verdict).max() ?? .skipped }

    /// One alone.
    static func pass(
        _ message: String, figures: [Finding.Figure] = [], curves: [Finding.Curve] = []
    ) -> [Finding] { [.pass(message, figures: figures, curves: curves)] }
    static func fail(_ message: String, curves: [Finding.Curve] = []) -> [Finding] { [.fail(message, curves: curves)] }
    static func warning(_ message: String, curves: [Finding.Curve] = []) -> [Finding] {
        [.warning(message, curves: curves)]
    }
    static func skipped(_ reason: String) -> [Finding] { [.skipped(reason)] }

    /// One more.
    mutating func fail(_ message: String, curves: [Finding.Curve] = []) { append(.fail(message, curves: curves)) }
    mutating func warning(_ message: String) { append(.warning(message)) }

    /// These, or that all is well.
    func orPass(_ message: @autoclosure () -> String) -> [Finding] { isEmpty ? [.pass(message())] : self }
}

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
