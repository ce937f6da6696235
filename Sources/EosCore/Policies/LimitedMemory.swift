import CEos

/// L-BFGS (Nocedal 1980; Liu, Nocedal 1989): the direction -H g, where H is the inverse Hessian as the last pairs of steps
/// s and changes of the gradient y tell it.
///
/// The two loops run over products alone, so that whoever holds the vectors combines them once (Chen, Wang, Zhou 2014).
/// Steps come from parabolas and need no slopes. A pair without curvature along it is passed over.
struct LimitedMemory: Policy {
    var identity = PolicyIdentity.none
    /// Of pairs and directions, the least cosine: <s, y> against |s| |y|, and -<g, d> against |g| |d|.
    private static let leastCosine = 1e-10

    let historyPairs: Int
    private let hasFirstStep: Bool
    private var search: ParabolicSearch

    /// - Parameter firstStep: NaN: 1.
    init(memory: Int, c: Double, firstStep: Double, minStep: Double) {
        historyPairs = memory
        hasFirstStep = !firstStep.isNaN
        search = ParabolicSearch(c: c, firstStep: hasFirstStep ? firstStep : 1, minStep: minStep)
    }

    var needs: PolicyNeeds { .expectsFirst }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) -> [Double] {
        let usable = (0..<history.pairs).map { Pair($0) }.filter { $0.isCurved(history) }
        guard let newest = usable.first else {
            // A first step that was asked for is one along -g itself.
            return history.steepestDescent(scale: hasFirstStep ? 1 / history.gradientScale : 1)
        }
        let scale = newest.inverseCurvature(history)
        let factors = Self.direction(history, usable, scale)
        return Self.descends(factors, history) ? factors : history.steepestDescent(scale: scale)
    }

    /// Where s and y of a pair are among the history's vectors.
    private struct Pair {
        let s: Int
        let y: Int

        init(_ index: Int) { (s, y) = (2 * index + 1, 2 * index + 2) }

        func isCurved(_ history: HistoryProducts) -> Bool {
            let lengths = (history[s, s] * history[y, y]).squareRoot()
            return lengths > 0 && lengths.isFinite && history[s, y] > leastCosine * lengths
        }

        /// What stands for the inverse Hessian where no pair tells more, of a curved pair: between the step sizes of Barzilai
        /// and Borwein, <s, y> / <y, y> to the power 3/4 times <s, s> / <s, y> to the power 1/4.
        ///
        /// The first alone is the least of it; directions by it are too short by half on networks.
        func inverseCurvature(_ history: HistoryProducts) -> Double {
            let cosine = history[s, y] / (history[s, s] * history[y, y]).squareRoot()
            return history[s, y] / history[y, y] / cosine.squareRoot()
        }
    }

    /// The factors of -H g, H = scale without pairs; `pairs` are the newest first.
    private static func direction(_ history: HistoryProducts, _ pairs: [Pair], _ scale: Double) -> [Double] {
        var q = history.steepestDescent(scale: -1)
        var alphas: [Double] = []
        for pair in pairs {
            let alpha = history.product(pair.s, with: q) / history[pair.s, pair.y]
            q[pair.y] -= alpha
            alphas.append(alpha)
        }
        for i in q.indices { q[i] *= scale }
        for (pair, alpha) in zip(pairs, alphas).reversed() {
            q[pair.s] += alpha - history.product(pair.y, with: q) / history[pair.s, pair.y]
        }
        return q.map { -$0 }
    }

    private static func descends(_ factors: [Double], _ history: HistoryProducts) -> Bool {
        let slope = history.product(0, with: factors)
        let lengths = (history[0, 0] * history.norm2(of: factors)).squareRoot()
        return lengths > 0 && lengths.isFinite && -slope > leastCosine * lengths
    }

    mutating func propose(_ iterate: IterateScalars) -> Double { search.propose(iterate) }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict { search.judge(iterate, trial) }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}

    mutating func reset() { search.reset() }

    func save() -> [UInt8] { search.save() }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try search.load(state) }
}

extension PolicyKind {
    static let limitedMemory = PolicyKind(
        "lbfgs", "quasi-Newton directions from the last steps, with steps from parabolas",
        source: "Liu, Nocedal 1989, doi 10.1007/BF01589116",
        [
            Parameter(
                "memory", .integer, default: "20", range: 1...Double(EOS_HISTORY_MAX),
                "number of past steps; each takes two vectors in memory and in every checkpoint"),
            .decrease("1e-4"),
            Parameter(
                "first_step", .number, default: "auto", range: 1e-300...1e300, flags: .auto,
                "first trial of the first search; auto means 1, or a step that moves the point within bounds"),
            .smallestStep,
        ]
    ) { values throws(EosError) in
        LimitedMemory(
            memory: Int(try values.integer("memory")), c: try values.number("c"),
            firstStep: try values.number("first_step"), minStep: try values.number("min_step"))
    }
}

extension Parameter {
    fileprivate static let smallestStep = Parameter(
        "min_step", .number, default: "1e-12", range: 1e-300...1e300, flags: .live,
        "step that is taken if no trial is acceptable")
}
