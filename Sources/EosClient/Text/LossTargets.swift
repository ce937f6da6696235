/// When a run first came down to given losses, from the lines of `eos export` in parts of any length.
public struct LossTargets: Sendable {
    /// An iteration, and the evaluations of values that it took to get there: one at the start, and every trial.
    public struct Reached: Sendable, Equatable {
        public var iteration: Int
        public var evaluations: Int

        public init(iteration: Int, evaluations: Int) {
            self.iteration = iteration
            self.evaluations = evaluations
        }
    }

    public let targets: [Double]
    /// For each target; nil: it was not reached (yet).
    public private(set) var reached: [Reached?]
    private var line: [UInt8] = []
    private var columns: (iteration: Int, loss: Int, trials: Int)?
    private var evaluations = 1

    public init(_ targets: [Double]) {
        self.targets = targets
        reached = targets.map { _ in nil }
    }

    /// Whether further lines change nothing.
    public var isComplete: Bool { !reached.contains { $0 == nil } }

    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                take(String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false))
                line.removeAll(keepingCapacity: true)
            } else {
                line.append(byte)
            }
        }
    }

    private mutating func take(_ cells: [Substring]) {
        guard let columns else {
            guard let iteration = cells.firstIndex(of: "iteration"), let loss = cells.firstIndex(of: "loss"),
                let trials = cells.firstIndex(of: "trials")
            else { return }
            self.columns = (iteration, loss, trials)
            return
        }
        guard cells.count > max(columns.iteration, columns.loss, columns.trials) else { return }
        if let iteration = Int(cells[columns.iteration]), let loss = Double(cells[columns.loss]) {
            for (index, target) in targets.enumerated() where reached[index] == nil && loss <= target {
                reached[index] = Reached(iteration: iteration, evaluations: evaluations)
            }
        }
        // A row's trials are those of the search that starts there.
        evaluations += Int(cells[columns.trials]) ?? 0
    }
}
