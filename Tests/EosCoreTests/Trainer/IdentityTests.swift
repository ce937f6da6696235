import CEos
import EosCore
import Glibc
import Testing

/// A state continues only the training that it was saved from.
@Suite struct IdentityTests {
    /// A problem, its state after some iterations, and a trainer that is to load it.
    private func saved(
        _ problem: Problem = .quadratic(), _ id: String = "nls", _ keys: String = "", ray: Bool = false
    ) throws -> SavedState {
        let training = try Trained(problem, try policy(id, keys), "stop.iterations=3", ray: ray)
        try training.run()
        return try reread(try training.trainer.save(training.objective))
    }

    private func fresh(
        _ problem: Problem = .quadratic(), _ id: String = "nls", _ keys: String = "", ray: Bool = false
    ) throws -> Trained {
        try Trained(problem, try policy(id, keys), "stop.iterations=3", ray: ray)
    }

    /// What loading `state` says, after a look that it has changed nothing.
    private func refusal(_ training: Trained, _ state: SavedState, _ check: LoadCheck? = nil) throws -> String {
        let before = try bytes(try training.trainer.save(training.objective))
        let error = failure { try training.trainer.load(state, training.objective, check: check) }
        #expect(error.status == EOS_E_FORMAT, "\(error.message)")
        #expect(try bytes(try training.trainer.save(training.objective)) == before, "\(error.message)")
        return error.message
    }

    @Test func theStateOfAnotherPolicyIsRefused() throws {
        var identities: [TrainingIdentity] = []
        var states: [SavedState] = []
        for (id, keys) in policyCases {
            let state = try saved(.quadratic(), id, keys)
            states.append(state)
            identities.append(try state.identity)
            #expect(try fresh(.quadratic(), id, keys).trainer.identity.differences(to: try state.identity).isEmpty)
        }
        #expect(Set(identities.map(\.policyHash)).count == policyCases.count)
        for (i, from) in policyCases.enumerated() {
            for (j, to) in policyCases.enumerated() {
                let training = try fresh(.quadratic(), to.id, to.keys)
                if i == j {
                    try training.trainer.load(states[i], training.objective)
                } else if from.id == to.id {
                    #expect(try refusal(training, states[i]).hasPrefix("policy."), "\(from) \(to)")
                } else {
                    let sentence =
                        "policy is \(identities[i].policy) in the saved state and \(identities[j].policy) here"
                    #expect(try refusal(training, states[i]).hasPrefix(sentence), "\(from) \(to)")
                }
            }
        }
    }

    @Test func keysThatWereSetDifferentlyAreNamed() throws {
        let state = try saved(.quadratic(), "ls", "first_step=0.5 c=0.1")
        #expect(try state.identity.policy == "eos.ls")
        #expect(try state.identity.values["first_step"] == "0.5")
        let other = try fresh(.quadratic(), "ls", "first_step=0.25 c=0.1")
        for check in [LoadCheck.all, .live] {
            #expect(
                try refusal(other, state, check)
                    == "policy.first_step is 0.5 in the saved state and 0.25 here: make the trainer with the values of "
                    + "the saved state")
        }
        // A live key may have been set since, where it is known that keys are set.
        let tuned = try fresh(.quadratic(), "ls", "first_step=0.5 c=0.2")
        #expect(
            try refusal(tuned, state)
                == "policy.c is 0.1 in the saved state and 0.2 here: give the saved value, or load with "
                + "load.check = \"live\"")
        try tuned.trainer.load(state, tuned.objective, check: .live)
        // What is saved from here on belongs to the new value.
        #expect(try reread(try tuned.trainer.save(tuned.objective)).identity.values["c"] == "0.2")
        try other.trainer.load(state, other.objective, check: LoadCheck.none)
        let allowing = try Trained(
            .quadratic(), try policy("ls", "first_step=0.5 c=0.2"), "stop.iterations=3 load.check=live")
        try allowing.trainer.load(state, allowing.objective)
    }

    @Test func everyFieldOfTheDescriptionCounts() throws {
        let state = try saved()
        let changes: [(String, (Problem) -> Void)] = [
            ("the objective's flags is 5 in the saved state and 4 here", { $0.flags = 4 }),
            ("the objective's value_lower_bound is 0.0 in the saved state and 0.5 here", { $0.lowerBound = 0.5 }),
            ("the objective's sharpness_lower_bound is nan in the saved state and 2.0 here", { $0.sharpnessBound = 2 }),
        ]
        for (sentence, change) in changes {
            let problem = Problem.quadratic()
            change(problem)
            #expect(try refusal(try fresh(problem), state).hasPrefix(sentence))
        }
        #expect(try refusal(try fresh(.quadratic(.f32)), state).hasPrefix("the objective's dtype is f64"))
        let longer = try fresh(.quadratic(.f64, [1, 2, 3, 4]))
        #expect(try refusal(longer, state).hasPrefix("the objective's dimension is 3 in the saved state and 4 here"))
    }

    @Test(arguments: [ElementType.f64, .f32], [false, true])
    func anotherObjectiveOfTheSameDescriptionIsRefused(_ type: ElementType, _ ray: Bool) throws {
        let a: [Double] = [1, 10, 0.1]
        let state = try saved(.quadratic(type, a), "nls", ray: ray)
        func refused(_ problem: Problem) throws -> Bool {
            let training = try fresh(problem, "nls", ray: ray)
            let sentence = try refusal(training, state)
            return sentence.hasPrefix(
                "the objective differs from that of the saved state: at the saved iterate the value is ")
        }
        #expect(try refused(.quadratic(type, a.map { 1000 * $0 })))
        #expect(try refused(.quadratic(type, a.map { 1.01 * $0 })))
        #expect(try refused(.quadratic(type, [10, 1, 0.1])))
        // The same value and gradient norm, another gradient.
        let plain = Problem.quadratic(type, a)
        #expect(
            try refused(
                Problem(type, start: plain.start, value: plain.value, gradient: { plain.gradient($0).map { -$0 } })))
        // No value at all.
        #expect(
            try refused(Problem(type, start: plain.start, value: { _ in .nan }, gradient: plain.gradient)))

        let same = try fresh(.quadratic(type, a), "nls", ray: ray)
        try same.trainer.load(state, same.objective)
        // Rounding of another machine is no difference.
        let rounding = Problem.quadratic(type, a.map { $0 * (1 + 20 * type.epsilon) })
        let near = try fresh(rounding, "nls", ray: ray)
        try near.trainer.load(state, near.objective)
    }

    /// Half the sum of a (x - m)^2.
    private func shifted(_ type: ElementType, by m: Double, scale: Double = 1, offset: Double = 0) -> Problem {
        let a: [Double] = [1, 10, 0.1]
        return Problem(type, start: [1, 1, 1]) { x in
            scale * zip(a, x).reduce(offset) { $0 + 0.5 * $1.0 * ($1.1 - m) * ($1.1 - m) }
        } gradient: { x in
            zip(a, x).map { scale * $0 * ($1 - m) }
        }
    }

    /// What another function changes is far more than what another machine does.
    @Test(arguments: [ElementType.f64, .f32], ["nls", "lbfgs", "constant"])
    func smallDifferencesOfTheObjectiveAreRefused(_ type: ElementType, _ id: String) throws {
        let keys = id == "constant" ? "step=0.01" : ""
        let least = type == .f64 ? 1e-11 : 1e-4
        for offset in [0.0, 5] {
            let state = try saved(shifted(type, by: 0.5, offset: offset), id, keys)
            for size in stride(from: 0, to: 4, by: 1).map({ least * pow(10, $0) }) {
                for other in [
                    shifted(type, by: 0.5 + size, offset: offset), shifted(type, by: 0.5 - size, offset: offset),
                    shifted(type, by: 0.5, scale: 1 + size, offset: offset),
                ] {
                    _ = try refusal(try fresh(other, id, keys), state)
                }
            }
            for size in [-8, 8].map({ $0 * type.epsilon }) {
                let near = try fresh(shifted(type, by: 0.5, scale: 1 + size, offset: offset), id, keys)
                try near.trainer.load(state, near.objective)
            }
        }
    }

    /// Where terms cancel, another order of the same additions changes much of what is left.
    @Test(arguments: [ElementType.f64, .f32])
    func cancelledTermsAreHeldAgainstWhatRoundingDoes(_ type: ElementType) throws {
        /// Sum over x of 1/2 (x - 1)^2, expanded; the terms are added forwards or backwards.
        func expanded(_ minimum: Double, backwards: Bool) -> Problem {
            Problem(type, start: (0..<40).map { 3 + Double($0) / 50 }) { x in
                func sum(_ terms: [Double]) -> Double {
                    let terms = backwards ? terms.reversed() : terms
                    return type == .f64
                        ? terms.reduce(0, +) : Double(terms.map { Float($0) }.reduce(Float(0), +))
                }
                return sum(x.map { $0 * $0 / 2 } + x.map { -minimum * $0 } + x.map { _ in minimum * minimum / 2 })
            } gradient: { x in
                x.map { $0 - minimum }
            }
        }
        let state = try saved(expanded(3, backwards: false), "constant", "step=0.9")
        let other = try fresh(expanded(3, backwards: true), "constant", "step=0.9")
        try other.trainer.load(state, other.objective)
        #expect(other.problem.gradientCounts.values.reduce(0, +) <= 4)
        _ = try refusal(
            try fresh(expanded(3 + (type == .f64 ? 1e-9 : 1e-3), backwards: true), "constant", "step=0.9"), state)
    }

    /// One evaluation, which is not counted and not made at the start or after a failure.
    @Test func theComparisonIsOneEvaluation() throws {
        let state = try saved()
        let training = try fresh()
        try training.trainer.load(state, training.objective)
        let progress = training.trainer.progress
        let counted = training.problem.valueCounts.values.reduce(0, +)
        #expect(counted == 1)
        #expect(training.problem.gradientCounts.values.reduce(0, +) == 1)
        let plain = try fresh()
        try plain.run()
        #expect(progress.value_evaluations == plain.trainer.progress.value_evaluations)
        #expect(progress.gradient_evaluations == plain.trainer.progress.gradient_evaluations)

        let untouched = try fresh()
        let start = try reread(try untouched.trainer.save(untouched.objective))
        try untouched.trainer.load(start, untouched.objective)
        #expect(untouched.problem.valueCounts.isEmpty)

        let unchecked = try fresh(.quadratic(.f64, [5, 5, 5]))
        try unchecked.trainer.load(state, unchecked.objective, check: LoadCheck.none)
        #expect(unchecked.problem.valueCounts.isEmpty)
    }

    /// An objective that gives another value every time is held against how far its values lie apart.
    @Test func noiseIsAllowedWhereValuesAreNoisy() throws {
        func noisy(_ factor: Double) -> Problem {
            var random: UInt64 = 7
            func noise() -> Double {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return factor * (1 + 0.02 * (Double(random >> 40) / 0x1p24 - 0.5))
            }
            let plain = Problem.quadratic()
            let problem = Problem(start: plain.start) {
                plain.value($0) * noise()
            } gradient: {
                plain.gradient($0).map { $0 * noise() }
            }
            problem.flags = UInt32(EOS_OBJECTIVE_NONNEGATIVE)
            return problem
        }
        let state = try saved(noisy(1), "constant", "step=0.01")
        for _ in 0..<20 {
            let training = try fresh(noisy(1), "constant", "step=0.01")
            try training.trainer.load(state, training.objective)
        }
        _ = try refusal(try fresh(noisy(1000), "constant", "step=0.01"), state)
        // Without noise nothing is allowed for, whatever the flag says.
        let quiet = Problem.quadratic()
        quiet.flags = UInt32(EOS_OBJECTIVE_NONNEGATIVE)
        let loud = Problem.quadratic(.f64, [1000, 10_000, 100])
        loud.flags = quiet.flags
        _ = try refusal(try fresh(loud), try saved(quiet))
    }

    /// The objective's own state is there when it is compared, and none is left of the comparison.
    @Test func theObjectivesStateIsLoadedFirstAndLast() throws {
        let (first, second) = (Counting(), Counting())
        let settings = try settings("stop.iterations=4")
        let objective = try first.objective()
        let trainer = try Trainer(objective: objective, policy: try policy("constant", "step=0.01"), settings: settings)
        try trainer.run(objective)
        #expect(first.evaluations == 5)
        let state = try reread(try trainer.save(objective))

        let other = try second.objective()
        second.evaluations = 99
        let loader = try Trainer(objective: other, policy: try policy("constant", "step=0.01"), settings: settings)
        try loader.load(state, other)
        #expect(second.evaluations == 5)
        second.scale = 3
        second.evaluations = 77
        #expect(failure { try loader.load(state, other) }.message.hasPrefix("the objective differs"))
        #expect(second.evaluations == 77)
    }

    @Test func whatWentWrongIsSaved() throws {
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=9")
        training.problem.interruption = { eos_status(EOS_E_MEMORY) }
        let first = failure { try training.run() }
        training.problem.interruption = nil
        let state = try reread(try training.trainer.save(training.objective))
        let other = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=9")
        try other.trainer.load(state, other.objective)
        #expect(failure { try other.run() } == first)
        #expect(first.status == EOS_E_MEMORY)
    }
}

/// f = scale x^2 / 2, fifty times that after fifty evaluations: a value that depends on the objective's state.
private final class Counting {
    var evaluations = 0
    var scale = 1.0

    func objective() throws(EosError) -> any Objective {
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { _ in }
        ops.describe = { _, out in
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = 1
            out!.pointee.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
            return eos_status(EOS_OK)
        }
        ops.initial_point = { _, _, x in
            x!.storeBytes(of: 1, as: Double.self)
            return eos_status(EOS_OK)
        }
        ops.evaluate = { instance, call in
            let counting = Unmanaged<Counting>.fromOpaque(instance!).takeUnretainedValue()
            counting.evaluations += 1
            let x = call!.pointee.x.load(as: Double.self)
            let size = counting.scale * (counting.evaluations > 50 ? 50 : 1)
            call!.pointee.value = size * x * x / 2
            call!.pointee.gradient?.storeBytes(of: size * x, as: Double.self)
            return eos_status(EOS_OK)
        }
        ops.save = { instance, writer in
            var count = Int64(Unmanaged<Counting>.fromOpaque(instance!).takeUnretainedValue().evaluations)
            return eos_write_all(writer, &count, 8)
        }
        ops.load = { instance, reader in
            var count: Int64 = 0
            let status = eos_read_all(reader, &count, 8)
            Unmanaged<Counting>.fromOpaque(instance!).takeUnretainedValue().evaluations = Int(count)
            return status
        }
        return try TableObjective(ops: &ops, instance: Unmanaged.passUnretained(self).toOpaque())
    }
}
