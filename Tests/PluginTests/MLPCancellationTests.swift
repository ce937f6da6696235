import CEos
import EosCore
import EosPluginHost
import Synchronization
import Testing

/// A stop that is asked for at every place where an evaluation looks for one: it ends early, and all that follows has
/// the bits of a training that nobody disturbed.
@Suite(.serialized) struct MLPCancellationTests {
    /// How often `cancelled` was asked, and from which time on it says yes.
    private enum Stop {
        static let asked = Atomic<Int>(0)
        static let from = Atomic<Int>(.max)
        /// Of the one test that has one, on one thread.
        nonisolated(unsafe) static var trainer: Trainer?

        static func reset(from place: Int = .max) {
            asked.store(0, ordering: .relaxed)
            from.store(place, ordering: .relaxed)
        }
    }

    /// Several batches of blocks, so that there are places within and between them.
    static let network = Network(activation: "gelu", loss: "cross-entropy", bias: true)
    static let layers = "[16,12,9,10]"

    /// An objective that looks for stops however little work there is, and asks the counter.
    private func objective(_ dtype: String, keys: String = "interruptible_above=0", threads: Int = 1) throws
        -> any Objective
    {
        let host = Host(threads: threads)
        UnsafeMutablePointer(mutating: host.table).pointee.cancelled = { _ in
            let place = Stop.asked.add(1, ordering: .relaxed).newValue
            return place >= Stop.from.load(ordering: .relaxed) ? 1 : 0
        }
        return try Plugins.make(
            "mlp",
            "layers=\(Self.layers) activation=\(Self.network.activation) loss=\(Self.network.loss) dtype=\(dtype) "
                + "init_scale=2 data.generator=clusters data.train=2000 \(keys)", host: host)
    }

    /// What can be cut short, in the order of two searches and a look at the curvature.
    enum Call: CaseIterable { case start, begin, trial, gradient, beginNext, trialNext, gradientNext, linearize }

    /// Makes all calls, `cut` cancelled at its `place`-th question before it is made again; nil: none is.
    ///
    /// - Returns: all that came back, and how often each call asked.
    private func bits(
        _ objective: any Objective, cut: (call: Call, place: Int)? = nil
    ) throws -> ([[UInt8]], [Call: Int]) {
        let objective = try #require(objective as? TableObjective)
        let space = objective.space
        let (x, next) = (try space.makeVector(), try space.makeVector())
        let (d, gradient, out) = (try space.makeVector(), try space.makeVector(), try space.makeVector())
        try objective.initialPoint(seed: 3, into: x.pointer)
        var value = 0.0
        var results: [[UInt8]] = []
        var questions: [Call: Int] = [:]
        let ops = objective.ops
        func make(_ call: Call, _ body: () throws -> eos_status) throws {
            if let cut, cut.call == call {
                Stop.reset(from: cut.place)
                #expect(try body() == EOS_E_CANCELLED, "\(call) at \(cut.place)")
                Stop.reset()
                if call == .begin || call == .beginNext {
                    // No ray is under way.
                    #expect(ops.ray_value(objective.instance, 0.1, &value) == EOS_E_STATE)
                }
                if call == .linearize {
                    #expect(ops.curvature(objective.instance, d.pointer, out.pointer) == EOS_E_STATE)
                }
            }
            Stop.reset()
            try #require(try body() == EOS_OK)
            questions[call] = Stop.asked.load(ordering: .relaxed)
            results.append(withUnsafeBytes(of: &value) { Array($0) })
        }
        func evaluate(_ at: Vector, _ id: Int64) -> eos_status {
            objective.evaluate(
                at: at.pointer, want: UInt32(EOS_WANT_VALUE | EOS_WANT_GRADIENT), gradient: gradient.pointer,
                evaluation: 1 << 60 + id, value: &value)
        }
        try make(.start) { evaluate(x, 0) }
        results.append(gradient.bytesOfAll)
        for (search, calls) in [
            (begin: Call.begin, trial: Call.trial, gradient: Call.gradient), (.beginNext, .trialNext, .gradientNext),
        ].enumerated() {
            let id = Int64(search + 1)
            space.scale(gradient.pointer, by: -1, into: d.pointer)
            try make(calls.begin) { ops.ray_begin(objective.instance, x.pointer, d.pointer) }
            try make(calls.trial) { ops.ray_value(objective.instance, 0.03, &value) }
            try make(calls.trial) { ops.ray_value(objective.instance, 0.02, &value) }
            try #require(ops.ray_commit(objective.instance, 0.02, 1 << 60 + id) == EOS_OK)
            space.move(x.pointer, by: 0.02, along: d.pointer, into: next.pointer)
            try make(calls.gradient) { evaluate(next, id) }
            x.copy(from: next.pointer)
            results.append(gradient.bytesOfAll)
        }
        try make(.linearize) { ops.linearize(objective.instance, x.pointer) }
        try #require(ops.curvature(objective.instance, d.pointer, out.pointer) == EOS_OK)
        results.append(out.bytesOfAll)
        results.append(try #require(try objective.save()))
        return (results, questions)
    }

    @Test(arguments: ["f32", "f64"], Call.allCases) func aCallThatIsCutShortIsMadeAgain(dtype: String, call: Call)
        throws
    {
        let (expected, questions) = try bits(try objective(dtype))
        let count = try #require(questions[call])
        // 42 blocks, in 3 batches or in one go.
        #expect(count >= 42)
        let places = [1, 17, count / 2, count]
        for place in Set(places).filter({ (1...count).contains($0) }) {
            let (found, _) = try bits(try objective(dtype), cut: (call, place))
            #expect(found == expected, "place \(place) of \(count)")
        }
    }

    /// Threads that see the stop in the middle of their blocks.
    @Test(arguments: Call.allCases) func threadsAreCutShortToo(call: Call) throws {
        let (expected, questions) = try bits(try objective("f32"))
        for place in [3, questions[call]! / 2] {
            #expect(try bits(try objective("f32", threads: 3), cut: (call, place)).0 == expected)
        }
    }

    /// With its threshold above the work an evaluation asks nobody.
    @Test func shortEvaluationsAreNeverCut() throws {
        // 2000 samples times the weights.
        let work = 2000 * (16 * 12 + 12 * 9 + 9 * 10)
        for (keys, asks) in [
            ("", false), ("interruptible_above=\(work)", false), ("interruptible_above=\(work - 1)", true),
        ] {
            let (_, questions) = try bits(try objective("f32", keys: keys))
            #expect(questions.values.allSatisfy { ($0 > 0) == asks }, "\(keys): \(questions)")
        }
    }

    /// A training that is stopped within its evaluations, over and over, ends where the undisturbed one ends.
    @Test(arguments: ["nls", "lbfgs"]) func aTrainingThatIsCutShortGoesOn(policy: String) throws {
        Stop.reset()
        let whole = try Search(objective: try objective("f32"), policy, iterations: 12).run()
        Stop.reset()
        let host = Host(threads: 1)
        let table = UnsafeMutablePointer(mutating: host.table)
        table.pointee.cancelled = { _ in
            guard Stop.asked.add(1, ordering: .relaxed).newValue >= Stop.from.load(ordering: .relaxed) else { return 0 }
            Stop.trainer?.requestStop()
            return 1
        }
        let interrupted = try Plugins.make(
            "mlp",
            "layers=\(Self.layers) activation=\(Self.network.activation) loss=\(Self.network.loss) dtype=f32 "
                + "init_scale=2 data.generator=clusters data.train=2000 interruptible_above=0", host: host)
        let search = try Search(objective: interrupted, policy, iterations: 12)
        defer { Stop.trainer = nil }
        var values: [Double] = []
        var stops = 0
        var end: Search.End
        repeat {
            // Further on each time, so that it gets on at all.
            Stop.reset(from: 30 + 7 * stops)
            end = try search.runWatched { Stop.trainer = $0 }
            values += end.values
            if search.isInterrupted { stops += 1 }
        } while search.isInterrupted
        #expect(stops > 10)
        #expect(values == whole.values)
        #expect(end.x == whole.x)
    }
}

extension Vector {
    fileprivate var bytesOfAll: [UInt8] { [UInt8](bytes) }
}
