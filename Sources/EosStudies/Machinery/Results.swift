/// What came out of a study's experiments.
public struct Results: Sendable {
    /// Experiments that gave no result, with the reason: a crash, an error. No claim may rest on them.
    public let broken: [(key: String, reason: String)]
    /// Seconds that all experiments took, one after the other.
    public let seconds: Double
    private let runs: [String: RunResult]
    private let computed: [String: Numbers]

    init(
        runs: [String: RunResult], computed: [String: Numbers], broken: [(key: String, reason: String)], seconds: Double
    ) {
        self.runs = runs
        self.computed = computed
        self.broken = broken
        self.seconds = seconds
    }

    /// A training; nil: it broke.
    public func run(_ key: String) -> RunResult? { runs[key] }

    /// The numbers of a computation; nil: it broke.
    public func numbers(_ key: String) -> Numbers? { computed[key] }
}
