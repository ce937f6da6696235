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

    /// These, or that all is well.
    func orPass(_ message: @autoclosure () -> String) -> [Finding] { isEmpty ? [.pass(message())] : self }
}
