import CEos
import EosCore
import EosData
import EosRuns

/// The network that a run of the objective path-rnn has come to, and the paths that it was trained and tested on.
public struct PathRun: Sendable {
    /// As the objective evaluates it: with |W| <= 6, |A| = 1 and |v| = 1 where the run constrains them.
    public let network: PathNetwork
    /// The parameters as they were trained.
    public let parameters: PathNetwork
    public let isConstrained: Bool
    /// Of the checkpoint that the parameters are from.
    public let iteration: Int
    public let training: PathSamples
    /// nil: the run has none.
    public let testing: PathSamples?

    /// - Throws: `EOS_E_UNSUPPORTED` for a run of another objective, `EOS_E_NOT_FOUND` for one without a whole
    ///   checkpoint, and what reading its data throws.
    public init(_ run: AnalysedRun) throws(EosError) {
        let objective = try run.makeObjective()
        let shapes = objective.blocks.map(\.shape)
        guard objective.blocks.map(\.name) == ["W", "A", "v", "beta"], run.spec.objective["sigma"] != nil else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "\(run.directory.path): the objective is \(run.spec.plugin); this analysis needs path-rnn")
        }
        let (state, iteration) = try Self.lastState(run)
        let vector = try Trainer.parameters(of: state, for: objective)
        let numbers = Self.doubles(vector)
        func part(_ index: Int) -> [Double] {
            let count = shapes[index].reduce(1, *)
            return Array(numbers[objective.blocks[index].offset..<objective.blocks[index].offset + count])
        }
        let keys = run.spec.objective
        parameters = try PathNetwork(
            recurrent: DenseMatrix(rows: shapes[0][0], columns: shapes[0][1], part(0)),
            input: DenseMatrix(rows: shapes[1][0], columns: shapes[1][1], part(1)),
            readouts: DenseMatrix(rows: shapes[2][0], columns: shapes[2][1], part(2)), biases: part(3),
            sigma: try keys.number("sigma"))
        isConstrained = try keys.bool("constrain")
        network = isConstrained ? parameters.constrained : parameters
        self.iteration = iteration
        let data = try Dataset(keys, as: .f64, directories: [run.directory.path])
        let (train, test) = (Int(data.table.pointee.train), Int(data.table.pointee.test))
        let steps = (try? keys.integer("steps")).map { Int($0) } ?? Int(data.table.pointee.steps)
        let duration = try keys.number("time")
        training = PathSamples(data, 0..<train, steps: steps, duration: duration)
        testing = test > 0 ? PathSamples(data, train..<train + test, steps: steps, duration: duration) : nil
    }

    /// The last whole checkpoint.
    private static func lastState(_ run: AnalysedRun) throws(EosError) -> (SavedState, Int) {
        let store = CheckpointStore(run.directory.checkpoints, keep: run.spec.checkpoint.keep)
        for iteration in try store.iterations() {
            do throws(EosError) { return (try store.load(iteration), iteration) } catch {
                guard error.status == EOS_E_FORMAT else { throw error }
            }
        }
        throw EosError(
            EOS_E_NOT_FOUND,
            "\(run.directory.path): the run has no intact checkpoint yet; wait for one, or train it again")
    }

    private static func doubles(_ vector: Vector) -> [Double] {
        switch vector.type {
        case .f32:
            let elements = vector.pointer.assumingMemoryBound(to: Float.self)
            return (0..<vector.count).map { Double(elements[$0]) }
        case .f64:
            let elements = vector.pointer.assumingMemoryBound(to: Double.self)
            return (0..<vector.count).map { elements[$0] }
        }
    }
}
