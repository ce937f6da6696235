import CEos
import EosCore

/// Numbers by name, as a computation gives them. NaN and infinities are kept.
public typealias Numbers = [String: [Double]]

/// One thing to compute, on one processor.
public struct Experiment: Sendable {
    enum Work: Sendable {
        case run(spec: String)
        case computation(inputs: [String: String], body: @Sendable (Laboratory) throws(EosError) -> Numbers)
    }

    /// Unique in the study; letters, digits, '-', '_' and '.': it names files.
    public let key: String
    /// Seconds that it takes, roughly.
    public let cost: Double
    let work: Work

    /// A training.
    ///
    /// - Parameter spec: TOML as for `eos train`. Threads (1) and checkpoints (one every 20 s, the last one kept) are
    ///   added to it.
    public init(_ key: String, run spec: String, cost: Double = 1) {
        self.key = key
        self.cost = cost
        work = .run(spec: spec)
    }

    /// Numbers that a closure computes.
    ///
    /// - Parameters:
    ///   - inputs: what tells it from others: where one changes, it is computed anew.
    ///   - body: on a thread of its own, beside others; an error that it throws breaks the experiment, and the report
    ///     names it.
    public init(
        _ key: String, inputs: [String: String], cost: Double = 1,
        computation body: @escaping @Sendable (Laboratory) throws(EosError) -> Numbers
    ) {
        self.key = key
        self.cost = cost
        work = .computation(inputs: inputs, body: body)
    }

    var isRun: Bool { if case .run = work { true } else { false } }

    /// - Throws: for keys that name no file, and for those that are there twice.
    package static func check(_ experiments: [Experiment]) throws(EosError) {
        var keys: Set<String> = []
        for experiment in experiments {
            let key = experiment.key
            let isName = key.utf8.allSatisfy { byte in
                byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
                    || byte == 0x2d || byte == 0x2e || byte == 0x5f
            }
            guard isName, !key.isEmpty, !key.hasPrefix("."), key.utf8.count <= 100 else {
                throw EosError(
                    EOS_E_INVALID,
                    "the experiment \(quoted(key)) can't be the name of a file; use up to 100 letters, digits, '-', "
                        + "'_' and '.'"
                )
            }
            guard keys.insert(key).inserted else {
                throw EosError(EOS_E_INVALID, "two experiments are called \(quoted(key)); give each a different key")
            }
        }
    }
}
