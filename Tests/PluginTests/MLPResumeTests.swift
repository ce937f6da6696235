import CEos
import EosCore
import Foundation
import Testing

/// Runs whose values come along rays go on to the same bits from a state saved anywhere.
@Suite struct MLPResumeTests {
    static let networks = [
        Network(activation: "tanh", loss: "mse", bias: true),
        Network(activation: "gelu", loss: "cross-entropy", bias: false),
        Network(activation: "relu", loss: "cross-entropy", bias: true),
    ]
    /// Beyond the iteration where the first layer is computed anew.
    static let iterations = 50

    private func objective(_ network: Network, _ dtype: String) throws -> any Objective {
        try network.subject(dtype: dtype, layers: "[16,12,9,10]").objective
    }

    /// Stopped before every request, and loaded into a new trainer over a new objective.
    @Test(arguments: networks, [("f32", "nls"), ("f64", "nls"), ("f32", "lbfgs"), ("f64", "lbfgs")])
    func aRunInPiecesIsTheWholeRun(network: Network, run: (dtype: String, policy: String)) throws {
        func search() throws -> Search {
            try Search(objective: try objective(network, run.dtype), run.policy, iterations: Self.iterations)
        }
        let whole = try search().run()
        var values: [Double] = []
        var bytes: [UInt8]?
        var pieces = 0
        while true {
            let search = try search()
            let end = try search.piece(from: bytes)
            values += end.values
            pieces += 1
            guard search.isInterrupted else {
                #expect(values == whole.values)
                #expect(end.x == whole.x)
                break
            }
            bytes = try search.save()
        }
        #expect(pieces > 2 * whole.values.count, "\(whole.values.count) iterations: \(whole.values.suffix(3))")
    }

    /// One objective jumps between the states of a run, in whatever search it was.
    @Test func aStateReplacesWhateverWasThere() throws {
        let network = Self.networks[0]
        let whole = try Search(objective: try objective(network, "f32"), iterations: Self.iterations).run()
        var states: [[UInt8]] = []
        let original = try Search(objective: try objective(network, "f32"), iterations: Self.iterations)
        repeat {
            _ = try original.piece(from: states.last)
            states.append(try original.save())
        } while original.isInterrupted
        let search = try Search(objective: try objective(network, "f32"), iterations: Self.iterations)
        for k in 0..<30 {
            _ = try search.piece(from: states[k * 11 % states.count])
            #expect(try search.run(from: states[k * 37 % states.count]).x == whole.x)
        }
    }

    /// That the tests above can fail: without what the objective saves a run ends elsewhere.
    @Test func whatTheObjectiveSavesMatters() throws {
        let network = Self.networks[0]
        let whole = try Search(objective: try objective(network, "f32"), iterations: Self.iterations).run()
        let first = try Search(objective: try objective(network, "f32"), iterations: 20)
        _ = try first.run()
        let state = try first.save()
        for loadsObjective in [true, false] {
            let rest = try Search(objective: try objective(network, "f32"), iterations: Self.iterations)
            let end = try rest.run(from: state, loadsObjective: loadsObjective)
            #expect((end.x == whole.x) == loadsObjective)
        }
    }

    @Test func theStateOfAnotherNetworkIsRefused() throws {
        let network = Self.networks[0]
        func ended(train: Int, dtype: String = "f32") throws -> any Objective {
            let objective = try network.subject(dtype: dtype, train: train, layers: "[16,12,9,10]").objective
            _ = try Search(objective: objective, iterations: 3).run()
            return objective
        }
        let target = try ended(train: 120)
        let before = try #require(try target.save())
        for other in [try ended(train: 119), try ended(train: 120, dtype: "f64")] {
            let state = try #require(try other.save())
            let error = try #require(throws: EosError.self) { try state.withUnsafeBytes { try target.load($0) } }
            #expect(error.status == EOS_E_FORMAT)
            #expect(error.message.contains("samples, layers and dtype"), "\(error.message)")
            #expect(try target.save() == before)
        }
    }

    /// A state holds products with the samples that it was saved with: with others of the same number they are wrong.
    @Test(arguments: ["data.seed=8", "data.noise=0.91", "data.standardize=global"], ["nls", "constant"])
    func theStateOfOtherDataIsRefused(keys: String, policy: String) throws {
        func objective(_ keys: String) throws -> any Objective {
            try Subject(
                "mlp", "layers=[16,12,10] data.generator=clusters data.train=120 data.test=7 \(keys)"
            ).objective
        }
        func trained(_ objective: any Objective) throws -> [UInt8] {
            var configuration = Configuration()
            if policy == "constant" { try configuration.set(assignments: "step=0.1") }
            let trainer = try Trainer(
                objective: objective, policy: try BuiltInPolicies.kind(policy)!.make(configuration),
                settings: try Search.settings(iterations: 3))
            try trainer.run(objective)
            return try #require(try objective.save())
        }
        let state = try trained(try objective(""))
        try state.withUnsafeBytes { try objective("").load($0) }
        let other = try objective(keys)
        let before = try trained(other)
        let error = try #require(throws: EosError.self) { try state.withUnsafeBytes { try other.load($0) } }
        #expect(error.status == EOS_E_FORMAT)
        #expect(error.message.contains("belongs to other training samples"), "\(error.message)")
        #expect(try other.save() == before)
    }

    /// Labels are part of the data, test samples are not.
    @Test func labelsBelongToTheStateAndTestSamplesDoNot() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eos-mlp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func objective(_ labels: [Int], test: Int) throws -> any Objective {
            let rows = labels.enumerated().map { "\($0),\($0 * $0),\($1)\n" } + ["\(test),1,0\n"]
            let file = directory.appending(path: "a.csv").path(percentEncoded: false)
            try Data(rows.joined().utf8).write(to: URL(filePath: file))
            return try Plugins.make("mlp", "layers=[2,3,2] data.file=\(file) data.format=csv data.test=1")
        }
        let original = try objective([0, 1, 0, 1], test: 1)
        _ = try Search(objective: original, iterations: 3).run()
        let state = try #require(try original.save())
        try state.withUnsafeBytes { try objective([0, 1, 0, 1], test: 2).load($0) }
        let other = try objective([0, 1, 1, 0], test: 1)
        let error = try #require(throws: EosError.self) { try state.withUnsafeBytes { try other.load($0) } }
        #expect(error.message.contains("belongs to other training samples"), "\(error.message)")
    }

    /// Every byte is covered by a digest: header, product and the digests themselves.
    @Test func noByteOfAStateMayChange() throws {
        let network = Self.networks[0]
        let original = try network.subject(dtype: "f32", train: 60, layers: "[16,3,10]").objective
        _ = try Search(objective: original, iterations: 3).run()
        let state = try #require(try original.save())
        // The header, and 60 samples of 3 units.
        #expect(state.count > 60 * 3 * 4)
        let target = try network.subject(dtype: "f32", train: 60, layers: "[16,3,10]").objective
        for place in state.indices {
            var damaged = state
            damaged[place] ^= 1 << UInt8(place % 8)
            let error = try #require(throws: EosError.self) { try damaged.withUnsafeBytes { try target.load($0) } }
            #expect(error.status == EOS_E_FORMAT, "byte \(place): \(error.message)")
        }
        try state.withUnsafeBytes { try target.load($0) }
        #expect(try target.save() == state)
    }

    /// Of a network whose vectors are long enough to be shared among threads.
    @Test(arguments: ["f32", "f64"], ["nls", "lbfgs", "bb1"])
    func everyNumberOfThreadsGivesTheSameRun(dtype: String, policy: String) throws {
        let ends = try [1, 2, 3].map { threads in
            let objective = try Self.networks[0].subject(
                dtype: dtype, layers: "[16,900,200,10]", threads: threads
            ).objective
            #expect(objective.space.threads?.threads == threads)
            #expect(objective.space.bytes > 1 << 19)
            return try Search(objective: objective, policy, iterations: 12).run()
        }
        #expect(ends[0].values.count == 13)
        #expect(ends.allSatisfy { $0 == ends[0] })
    }

    /// A policy that tries no steps pays nothing for those that do.
    @Test func withoutRaysThereIsNothingToSave() throws {
        let objective = try objective(Self.networks[0], "f32")
        var keys = Configuration()
        try keys.set(assignments: "step=0.1")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind("constant")!.make(keys),
            settings: try Search.settings(iterations: 3))
        try trainer.run(objective)
        #expect(try #require(try objective.save()).count < 200)
    }
}

/// A training with a line search that can be cut to pieces.
final class Search {
    private let objective: any Objective
    private let trainer: Trainer
    private let policy: Interrupting

    struct End: Equatable {
        /// At the iterates that this piece reached.
        var values: [Double]
        var x: [Double]
    }

    static func settings(iterations: Int) throws -> TrainerSettings {
        var settings = Configuration()
        try settings.set(assignments: "seed=5 stop.iterations=\(iterations)")
        return try TrainerSettings(settings)
    }

    init(objective: any Objective, _ policy: String = "nls", iterations: Int) throws {
        self.objective = objective
        self.policy = Interrupting(try BuiltInPolicies.kind(policy)!.make())
        trainer = try Trainer(
            objective: objective, policy: self.policy, settings: try Self.settings(iterations: iterations))
    }

    var isInterrupted: Bool { trainer.stop == .requested }

    /// To the end, from a saved state or from where it is.
    func run(from state: [UInt8]? = nil, loadsObjective: Bool = true) throws -> End {
        policy.isInterrupting = false
        return try go(from: state, loadsObjective)
    }

    /// To the next request.
    func piece(from state: [UInt8]?) throws -> End {
        policy.isInterrupting = true
        return try go(from: state, true)
    }

    /// As `run`, or until a stop is asked for through the trainer that `watch` is given.
    func runWatched(_ watch: (Trainer) -> Void) throws -> End {
        watch(trainer)
        return try run()
    }

    private func go(from state: [UInt8]?, _ loadsObjective: Bool) throws -> End {
        if let state { try trainer.load(try Safetensors.read(state), loadsObjective ? objective : nil) }
        if trainer.stop != .none { try trainer.resume() }
        var values: [Double] = []
        policy.trainer = trainer
        trainer.observer = { [policy] progress in
            values.append(progress.value)
            return policy.isInterrupting
        }
        defer { trainer.observer = nil }
        try trainer.run(objective)
        let x = try objective.space.makeVector()
        x.copy(from: trainer.current.x)
        return End(values: values, x: x.elements)
    }

    func save() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try trainer.save(objective).write { (part) throws(EosError) in bytes.append(contentsOf: part) }
        return bytes
    }
}

/// A policy that asks for a stop whenever it has been asked: before each trial, and before the accepted point's gradient.
private final class Interrupting: Policy {
    private var policy: any Policy
    weak var trainer: Trainer?
    var isInterrupting = false

    init(_ policy: any Policy) { self.policy = policy }

    private func interrupt() { if isInterrupting { trainer?.requestStop() } }

    var needs: PolicyNeeds { policy.needs }
    var historyPairs: Int { policy.historyPairs }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        try policy.direct(iterate, history)
    }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        interrupt()
        return try policy.propose(iterate)
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        interrupt()
        return try policy.judge(iterate, trial)
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) {
        try policy.accepted(iterate, trial)
    }

    func reset() throws(EosError) { try policy.reset() }
    func save() throws(EosError) -> [UInt8] { try policy.save() }
    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try policy.load(state) }
}
