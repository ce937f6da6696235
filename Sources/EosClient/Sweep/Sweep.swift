import CEos
import EosCore

/// All combinations of the values of some keys.
public struct Sweep: Sendable {
    /// One run of a sweep.
    public struct Member: Sendable, Equatable {
        /// "digits step=0.1 seed=3".
        public let name: String
        /// `key=value`, in the order of the axes.
        public let assignments: [String]
    }

    /// The last axis changes fastest.
    public let members: [Member]

    /// - Throws: `EOS_E_CONFIG` for two axes of one key, and for more than 10,000 combinations.
    public init(_ name: String, over axes: [SweepAxis]) throws(EosError) {
        for (index, axis) in axes.enumerated() where axes[..<index].contains(where: { $0.key == axis.key }) {
            throw EosError(EOS_E_CONFIG, "--over \(axis.key) is given twice; give all of its values in one option")
        }
        var count = 1
        for axis in axes {
            count *= axis.values.count
            guard count <= SweepAxis.limit else {
                throw EosError(
                    EOS_E_CONFIG, "the sweep has more than \(SweepAxis.limit) combinations; submit it in several sweeps"
                )
            }
        }
        let labels = Self.labels(axes.map(\.key))
        members = (0..<count).map { index in
            var rest = index
            var values: [String] = []
            for axis in axes.reversed() {
                values.insert(axis.values[rest % axis.values.count], at: 0)
                rest /= axis.values.count
            }
            return Member(
                name: ([name] + zip(labels, values).map { "\($0)=\(Self.bare($1))" }).joined(separator: " "),
                assignments: zip(axes, values).map { "\($0.key)=\($1)" })
        }
    }

    /// The shortest ends of the keys that tell them apart; `policy.name` is called policy.
    private static func labels(_ keys: [String]) -> [String] {
        let parts = keys.map { key in
            var parts = key.split(separator: ".")
            if parts.count > 1, parts.last == "name" || parts.last == "plugin" { parts.removeLast() }
            return parts
        }
        return parts.map { own in
            let length = (1..<max(own.count, 1)).first { length in
                parts.count { $0.suffix(length) == own.suffix(length) } == 1
            }
            return own.suffix(length ?? own.count).joined(separator: ".")
        }
    }

    /// Without the quotes around a string.
    private static func bare(_ value: String) -> String {
        if case .string(let text)? = try? Value.parse(value) { return text }
        return value
    }
}
