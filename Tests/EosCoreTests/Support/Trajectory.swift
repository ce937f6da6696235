import CEos
import EosCore

/// What a training passed through, to the last bit.
struct Trajectory: Equatable {
    struct Iterate: Equatable {
        var iteration: Int64
        var value: UInt64
        var step: UInt64
        var gradientNorm: UInt64
        var trials: Int64
        var reason: Int32
        var sharpness: UInt64
        var residual: UInt64
        var point: [UInt64]

        init(_ progress: eos_progress, _ point: [Double]) {
            iteration = progress.iteration
            value = progress.value.bitPattern
            step = progress.step.bitPattern
            gradientNorm = progress.gradient_norm.bitPattern
            trials = progress.trials
            reason = progress.reason
            sharpness = progress.sharpness.bitPattern
            residual = progress.sharpness_residual.bitPattern
            self.point = point.map(\.bitPattern)
        }
    }

    var iterates: [Iterate] = []
    /// Of the end: values, gradients, products, failures; stop and best.
    var counts: [Int64] = []
    var best: [UInt64] = []
    var pairs: [LeadingEigenvalues.Pair] = []

    mutating func end(_ trainer: Trainer, _ problem: Problem) {
        let progress = trainer.progress
        counts = [
            progress.value_evaluations, progress.gradient_evaluations, progress.curvature_products, progress.failures,
            Int64(progress.stop), progress.best_iteration,
        ]
        best = problem.read(trainer.best.x).map(\.bitPattern) + [trainer.best.value.bitPattern]
        pairs = trainer.sharpnessPairs
    }

    /// The first difference from another one, for messages.
    func difference(from other: Trajectory) -> String? {
        for (k, pair) in zip(iterates, other.iterates).enumerated() where pair.0 != pair.1 {
            return "iterate \(k): \(pair.0) is not \(pair.1)"
        }
        if iterates.count != other.iterates.count { return "\(iterates.count) iterates, not \(other.iterates.count)" }
        if counts != other.counts { return "counts \(counts) are not \(other.counts)" }
        if best != other.best { return "the best points differ" }
        if pairs != other.pairs { return "eigenvalues \(pairs) are not \(other.pairs)" }
        return nil
    }
}

/// A training that can be driven in several ways.
struct Training {
    var id: String
    var keys: String
    var settings: String
    var curvature = true
    var ray = false

    /// All at once, by the objective's table.
    func run(_ problem: Problem) throws -> Trajectory {
        let objective = try problem.objective(curvature: curvature, ray: ray)
        let trainer = try trainer(objective)
        var trajectory = Trajectory()
        return try observe(trainer, problem, &trajectory) { try trainer.run(objective) }
    }

    /// One step at a time.
    func step(_ problem: Problem) throws -> Trajectory {
        let objective = try problem.objective(curvature: curvature, ray: ray)
        let trainer = try trainer(objective)
        var trajectory = Trajectory()
        return try observe(trainer, problem, &trajectory) { while try trainer.step(objective) {} }
    }

    /// Request by request, answered here; every request is looked at twice.
    func ask(_ problem: Problem) throws -> Trajectory {
        let start = try problem.space.makeVector()
        problem.write(problem.start, to: start.pointer)
        let trainer = try Trainer(
            description: problem.description, start: UnsafeRawPointer(start.pointer),
            curvature: curvature && problem.product != nil, policy: try policy(id, keys),
            settings: try EosCoreTests.settings(settings))
        var trajectory = Trajectory()
        return try observe(trainer, problem, &trajectory) {
            while true {
                _ = try trainer.request()
                let request = try trainer.request()
                var answer = (status: eos_status(EOS_OK), value: Double.nan)
                switch request.kind {
                case .nothing: return
                case .curvature:
                    problem.linearize(request.x!)
                    problem.multiply(request.v!, into: request.out!)
                case .evaluate:
                    answer = problem.evaluate(request.want, problem.read(request.x!), gradient: request.out)
                }
                try trainer.answer(answer.status, value: answer.value)
            }
        }
    }

    /// Stopped after every single request, saved, and loaded into a new trainer over a new objective.
    func interrupted(_ original: Problem) throws -> Trajectory {
        var cuts = 0
        return try interrupted(original, &cuts)
    }

    /// The same, with the number of cuts added to `cuts`.
    func interrupted(_ original: Problem, _ cuts: inout Int) throws -> Trajectory {
        var trajectory = Trajectory()
        var state: SavedState?
        for _ in 0..<100_000 {
            let problem = original.copy()
            let objective = try problem.objective(curvature: curvature, ray: ray)
            let trainer = try trainer(objective)
            if let state { try trainer.load(state, objective) }
            if trainer.stop == .requested { try trainer.resume() }
            problem.interruption = {
                trainer.requestStop()
                return eos_status(EOS_OK)
            }
            trajectory = try observe(trainer, problem, &trajectory) { try trainer.run(objective) }
            problem.interruption = nil
            guard trainer.stop == .requested else { return trajectory }
            state = try reread(try trainer.save(objective))
            cuts += 1
        }
        throw EosError(EOS_E_FAILED, "the interrupted training has no end")
    }

    /// Request by request, answered here; before each of them and before each answer saved and loaded into a new trainer.
    func asked(_ problem: Problem, _ cuts: inout Int) throws -> Trajectory {
        let start = try problem.space.makeVector()
        problem.write(problem.start, to: start.pointer)
        func fresh() throws -> Trainer {
            try Trainer(
                description: problem.description, start: UnsafeRawPointer(start.pointer),
                curvature: curvature && problem.product != nil, policy: try policy(id, keys),
                settings: try EosCoreTests.settings(settings))
        }
        func moved(_ trainer: Trainer) throws -> Trainer {
            let next = try fresh()
            try next.load(try reread(try trainer.save()))
            cuts += 1
            return next
        }
        var trainer = try fresh()
        var trajectory = Trajectory()
        let log = Log()
        while trainer.stop == .none {
            trainer = try moved(trainer)
            guard try trainer.request().kind != .nothing else { break }
            trainer = try moved(trainer)
            trainer.observer = { [unowned trainer] progress in
                log.iterates.append(Trajectory.Iterate(progress, problem.read(trainer.current.x)))
                return false
            }
            let request = try trainer.request()
            var answer = (status: eos_status(EOS_OK), value: Double.nan)
            if request.kind == .curvature {
                problem.linearize(request.x!)
                problem.multiply(request.v!, into: request.out!)
            } else {
                answer = problem.evaluate(request.want, problem.read(request.x!), gradient: request.out)
            }
            let error = thrown { try trainer.answer(answer.status, value: answer.value) }
            trainer.observer = nil
            if let error, error.status != EOS_E_NONFINITE { throw error }
        }
        trajectory.iterates = log.iterates
        trajectory.end(trainer, problem)
        return trajectory
    }

    private func trainer(_ objective: any Objective) throws -> Trainer {
        try Trainer(
            objective: objective, policy: try policy(id, keys), settings: try EosCoreTests.settings(settings))
    }

    private func observe(
        _ trainer: Trainer, _ problem: Problem, _ trajectory: inout Trajectory, _ body: () throws -> Void
    ) throws -> Trajectory {
        let log = Log()
        trainer.observer = { [unowned trainer] progress in
            log.iterates.append(Trajectory.Iterate(progress, problem.read(trainer.current.x)))
            return false
        }
        defer { trainer.observer = nil }
        // Some policies leave the finite world on purpose: that is a trajectory too.
        if let error = thrown(body), error.status != EOS_E_NONFINITE { throw error }
        trajectory.iterates += log.iterates
        trajectory.end(trainer, problem)
        return trajectory
    }

    private final class Log {
        var iterates: [Trajectory.Iterate] = []
    }
}

private func thrown(_ body: () throws -> Void) -> EosError? {
    do { try body() } catch { return error as? EosError ?? EosError(EOS_E_FAILED, "\(error)") }
    return nil
}

/// The bytes of a document.
func bytes(_ document: StateDocument) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try document.write { (part) throws(EosError) in bytes.append(contentsOf: part) }
    return bytes
}

/// Reads a state from its bytes.
func state(_ bytes: [UInt8]) throws -> SavedState { try Safetensors.read(bytes) }

/// Through bytes and back.
func reread(_ document: StateDocument) throws -> SavedState { try state(try bytes(document)) }
