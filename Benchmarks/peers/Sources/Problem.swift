import CEos
import EosCore
import EosData
import EosPluginHost

/// A network on its data, with so many threads, and what is done with it from command to command.
final class Problem {
    /// Goes on from command to command, with an objective of its own, so that none ends what another keeps.
    private struct Training {
        let objective: any Objective
        let trainer: Trainer
    }

    private let makeObjective: () throws -> any Objective
    private let configuration: Configuration
    private var trainings: [String: Training] = [:]
    /// Leading eigenvectors of the last point, from which the next search may start.
    private var warm: [Vector] = []
    private lazy var whole = Result { try makeObjective() }
    private lazy var ray = Result { try Ray(makeObjective()) }

    /// - Parameter assignments: keys of the plugin `mlp`, as on the command line.
    init(_ assignments: String, threads: Int, catalogue: Catalogue) throws {
        var configuration = Configuration()
        try configuration.set(assignments: assignments)
        self.configuration = configuration
        makeObjective = {
            try catalogue.makeObjective("mlp", configuration, host: EosPluginHost.Host(threads: threads))
        }
    }

    /// Inputs and labels of the training samples into `directory`; samples, features and classes.
    func exportData(into directory: String) throws -> [Int] {
        let type = try whole.get().space.type
        let data = try Dataset(configuration, as: type)
        let table = data.table.pointee
        let inputs = Int(table.train * table.features) * type.size
        try Files.write(UnsafeRawBufferPointer(start: table.inputs, count: inputs), "\(directory)/inputs")
        let labels = Int(table.train) * MemoryLayout<Int32>.size
        try Files.write(UnsafeRawBufferPointer(start: table.labels, count: labels), "\(directory)/labels")
        return [Int(table.train), Int(table.features), Int(table.classes)]
    }

    /// The starting point of a seed and the gradient there into `directory`; the value.
    func exportStart(seed: UInt64, into directory: String) throws -> Double {
        let objective = try whole.get()
        let (x, gradient) = (try objective.space.makeVector(), try objective.space.makeVector())
        try objective.initialPoint(seed: seed, into: x.pointer)
        let value = try objective.evaluate(at: x.pointer, gradient: gradient.pointer)
        try Files.write(x, "\(directory)/start")
        try Files.write(gradient, "\(directory)/gradient")
        return value
    }

    /// Seconds that iterations take, of a training with `policy` that goes on from call to call.
    func advance(_ policy: String, iterations: Int) throws -> Double {
        let training = try training(policy)
        return try seconds { for _ in 0..<iterations { _ = try training.trainer.step(training.objective) } }
    }

    func progress(_ policy: String) throws -> eos_progress { try training(policy).trainer.progress }

    private func training(_ policy: String) throws -> Training {
        if let training = trainings[policy] { return training }
        let settings = "seed=1 stop.iterations=1000000000 stop.loss=0 stop.gradient_norm=0"
        let objective = try makeObjective()
        let training = Training(objective: objective, trainer: try Self.makeTrainer(objective, policy, settings))
        trainings[policy] = training
        return training
    }

    /// Seconds of one value, of one more trial along a ray, or of one product with the Hessian.
    func call(_ kind: String) throws -> Double {
        switch kind {
        case "forward": try ray.get().forward()
        case "trial": try ray.get().trial()
        default: try ray.get().product()
        }
    }

    /// Seconds until the leading eigenvalue at the point that a training has reached is known to `tolerance`; its
    /// value, its residual relative to it, and products. Writes its vector.
    func eigenvalue(
        at policy: String, warm isWarm: Bool, seed: UInt64, tolerance: Double, file: String
    ) throws -> [Double] {
        let training = try training(policy)
        var process: LeadingEigenvalues?
        let time = try seconds {
            // As the trainer measures it, another part of the samples for each measurement.
            let current = training.trainer.current
            process = try ObjectiveCurvature(training.objective, at: current.x).leading(
                LeadingEigenvalues.Options(count: 1, tolerance: tolerance, maxProducts: 1000, seed: seed),
                start: isWarm ? warm : [], part: current.iteration)
        }
        warm = try process!.warmVectors()
        try Files.write(try process!.vectors(1)[0], file)
        let pair = process!.pairs[0]
        return [time, pair.value, pair.residual / abs(pair.value), Double(process!.products)]
    }

    /// A training of its own until the loss is reached: seconds, iterations, evaluations of the value, smallest loss.
    func train(_ policy: String, seed: Int, loss: Double, limit: Double) throws -> [Double] {
        let objective = try whole.get()
        let settings = "seed=\(seed) stop.iterations=1000000 stop.gradient_norm=0"
        let trainer = try Self.makeTrainer(objective, policy, settings + " stop.loss=\(loss) stop.seconds=\(limit)")
        let time = try seconds {
            do { try trainer.run(objective) } catch {
                // One that leaves for infinity has not reached it.
                guard trainer.stop == .nonfinite else { throw error }
            }
        }
        let progress = trainer.progress
        return [time, Double(progress.iteration), Double(progress.value_evaluations), progress.best_value]
    }

    /// Of a training of its own that is saved half-way into a trainer and an objective that are new, where `resumed`.
    func bits(_ policy: String, iterations: Int, resumed: Bool) throws -> String {
        let settings = "seed=1 stop.iterations=\(iterations) stop.loss=0 stop.gradient_norm=0"
        let objective = try makeObjective()
        let trainer = try Self.makeTrainer(objective, policy, settings)
        guard resumed else {
            try trainer.run(objective)
            return digest(trainer)
        }
        for _ in 0..<iterations / 2 { _ = try trainer.step(objective) }
        var bytes: [UInt8] = []
        try trainer.save(objective).write { (part) throws(EosError) in bytes += part }
        let second = try makeObjective()
        let other = try Self.makeTrainer(second, policy, settings)
        let state = try Safetensors.read(bytes)
        try other.load(state, second)
        try other.run(second)
        return digest(other)
    }

    /// Of the point, the gradient and the losses.
    private func digest(_ trainer: Trainer) -> String {
        var sum = CRC64()
        let bytes = trainer.space.bytes
        sum.update(UnsafeRawBufferPointer(start: trainer.current.x, count: bytes))
        sum.update(UnsafeRawBufferPointer(start: trainer.best.x, count: bytes))
        sum.update(UnsafeRawBufferPointer(start: trainer.currentGradient, count: bytes))
        withUnsafeBytes(of: trainer.current.value) { sum.update($0) }
        return String(sum.value, radix: 16) + " \(trainer.progress.iteration)"
    }

    private static func makeTrainer(_ objective: any Objective, _ text: String, _ settings: String) throws -> Trainer {
        let words = text.split(separator: ",", maxSplits: 1).map(String.init)
        var keys = Configuration()
        if words.count > 1 { try keys.set(assignments: words[1]) }
        guard let kind = BuiltInPolicies.kind(words[0]) else {
            throw EosError(EOS_E_NOT_FOUND, "there is no policy \(words[0])")
        }
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        return try Trainer(
            objective: objective, policy: kind.make(keys), settings: TrainerSettings(configuration))
    }
}
