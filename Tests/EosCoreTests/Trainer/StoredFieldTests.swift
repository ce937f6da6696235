import CEos
import EosCore
import Testing

/// A state is all that a trainer stands on: each of its fields is saved, and what lives in a phase ends with it.
@Suite struct StoredFieldTests {
    private static let cases: [(id: String, keys: String)] = [
        ("nls", ""), ("cdat", ""), ("bb1", "first_step=1e-4"), ("wolfe", ""), ("lbfgs", ""), ("constant", "step=1e-3"),
        ("sharpness", ""),
    ]

    private func trained(_ id: String, _ keys: String, curvature: Bool, ray: Bool) throws -> Trained {
        let problem = Problem.rosenbrock()
        // A part of the samples that can be measured, one without a finite product, and one that is too small.
        problem.sampledProduct = { [unowned problem] part, x, v in
            part % 3 == 2 ? nil : problem.product?(x, v).map { part % 3 == 0 ? $0 : .nan }
        }
        let policy: any Policy
        if id == "sharpness" {
            // It can't do without.
            policy = ClosurePolicy(needs: .sharpness) { _ in 1e-3 }
            problem.sampledProduct = nil
        } else {
            policy = try EosCoreTests.policy(id, keys)
        }
        let training = try Trained(
            problem, policy, "stop.iterations=6 sharpness.every=1", curvature: curvature, ray: ray)
        training.trainer.onWarning = { _ in }
        return training
    }

    /// Says of each step that its search has failed.
    private func safeguarding() -> any Policy {
        let policy = ClosurePolicy { _ in 1e-3 }
        policy.verdict = { .accept($1.step, .safeguard) }
        return policy
    }

    /// Runs `training` and calls `body` before each request and at the end.
    private func eachRequest(_ training: Trained, _ body: () throws -> Void) throws {
        training.problem.interruption = {
            training.trainer.requestStop()
            return eos_status(EOS_OK)
        }
        defer { training.problem.interruption = nil }
        try body()
        try training.run()
        while training.stop == .requested {
            try body()
            try training.trainer.resume()
            try training.run()
        }
        try body()
    }

    /// A trainer that stood elsewhere stands where a state was saved once it has loaded it, in each field of its state;
    /// and each field had another value before at least once.
    @Test func everyFieldIsSaved() throws {
        var all: Set<String> = []
        var changed: Set<String> = []
        func compare(_ saved: [(state: [UInt8], fields: [String: String])], _ other: Trained, _ what: String) throws {
            for k in saved.indices {
                // To a state far away, and from there to this one.
                try other.trainer.load(try state(saved[(7 * k + 1) % saved.count].state), check: LoadCheck.none)
                let before = StoredFields.ofState(other.trainer)
                try other.trainer.load(try state(saved[k].state), check: LoadCheck.none)
                let after = StoredFields.ofState(other.trainer)
                for (path, value) in saved[k].fields where after[path] != value {
                    Issue.record("\(what), state \(k): \(path) is \(after[path] ?? "gone") and was \(value)")
                }
                #expect(after.count == saved[k].fields.count, "\(what), state \(k)")
                all.formUnion(after.keys.map(named))
                changed.formUnion(after.keys.filter { before[$0] != after[$0] }.map(named))
            }
        }
        for (id, keys) in Self.cases {
            for (curvature, ray) in [(true, false), (false, true)] {
                let training = try trained(id, keys, curvature: curvature, ray: ray)
                var saved: [(state: [UInt8], fields: [String: String])] = []
                try eachRequest(training) {
                    saved.append((try bytes(try training.trainer.save()), StoredFields.ofState(training.trainer)))
                }
                let other = try trained(id, keys, curvature: curvature, ray: ray)
                try compare(saved, other, "\(id), exact \(curvature), ray \(ray)")
            }
        }
        // Failures, and what leads to a stop where training gets nowhere: a gradient of the wrong sign, and rounding. Then a
        // gradient so short that the history scales it.
        for (id, factor, offset) in [
            ("ls", -1.0, 0.0), ("safeguard", -1, 0), ("ls", 1, 1e6), ("lbfgs", 1e-60, 0),
        ] {
            func extreme() throws -> Trained {
                let problem = Problem.quadratic()
                let changed = Problem(start: problem.start) {
                    problem.value($0) + offset
                } gradient: {
                    problem.gradient($0).map { factor * $0 }
                }
                changed.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
                return try Trained(changed, try id == "safeguard" ? safeguarding() : policy(id), "stop.iterations=3000")
            }
            let training = try extreme()
            let beginning = (try bytes(try training.trainer.save()), StoredFields.ofState(training.trainer))
            _ = failure { try training.run() }
            let end = (try bytes(try training.trainer.save()), StoredFields.ofState(training.trainer))
            try compare([end, beginning], try extreme(), "\(id) with \(factor) times the gradient")
        }
        // What the objective states is there from the start.
        let constant: Set = [
            "iterate.struct_size", "iterate.flags", "iterate.value_lower_bound", "iterate.sharpness_bound",
            "iterate.value_accuracy", "trial.struct_size", "history", "history.some.limit", "stopwatch.started",
        ]
        #expect(all.contains("iterate.direction_curvature") && all.contains("stall.stop"))
        #expect(all.subtracting(changed).subtracting(constant) == [], "these never had another value")
    }

    /// Without the numbers of elements: "warmVectors", "tried.step".
    private func named(_ path: String) -> String {
        path.split(separator: ".").filter { Int($0) == nil }.joined(separator: ".")
    }

    /// However a phase is left, what lived in it is gone: nothing of a product or a measurement is kept for later.
    @Test func companionsEndWithTheirPhase() throws {
        var phases: Set<String> = []
        func check(_ training: Trained, _ what: String) {
            let phase = StoredFields.phase(of: training.trainer)
            phases.insert(phase)
            var wanted: Set<String> = []
            if phase == "measuring" { wanted = ["Measurement", "LeadingEigenvalues"] }
            if phase == "curving" { wanted = ["Curving"] }
            if !wanted.isEmpty, !training.objective.hasCurvature { wanted.insert("DifferencedProduct") }
            let companions: Set = ["Measurement", "LeadingEigenvalues", "Curving", "DifferencedProduct"]
            let held = StoredFields.types(heldBy: training.trainer)
            #expect(held.contains("Vector"))
            #expect(held.intersection(companions) == wanted, "\(what): \(phase)")
        }
        for (id, keys) in Self.cases {
            for curvature in [true, false] {
                let training = try trained(id, keys, curvature: curvature, ray: false)
                let jumping = try trained(id, keys, curvature: curvature, ray: false)
                var states: [SavedState] = []
                try eachRequest(training) {
                    check(training, id)
                    states.append(try reread(try training.trainer.save()))
                    // From one phase to any other.
                    try jumping.trainer.load(states[states.count * 5 / 7], check: LoadCheck.none)
                    check(jumping, "loaded \(id)")
                }
            }
        }
        #expect(phases.count == 7 - 1, "safeguarding is not among \(phases)")
    }

    /// Where the objective is another one in the middle of a product, training starts again without it.
    @Test(arguments: [true, false]) func anotherObjectiveEndsAProduct(_ curvature: Bool) throws {
        let training = try trained("cdat", "", curvature: curvature, ray: false)
        let quadratic = Problem.quadratic(.f64, [1, 3])
        quadratic.sampledProduct = { _, _, _ in nil }
        let next = try Trained(
            quadratic, try policy("cdat"), "stop.iterations=6 sharpness.every=1", curvature: curvature)
        var adapted = 0
        try eachRequest(training) {
            guard ["curving", "measuring"].contains(StoredFields.phase(of: training.trainer)) else { return }
            try next.trainer.load(try reread(try training.trainer.save()), check: LoadCheck.none)
            if try next.trainer.adapt(to: next.objective) != nil { adapted += 1 }
            let held = StoredFields.types(heldBy: next.trainer)
            #expect(held.isDisjoint(with: ["Measurement", "LeadingEigenvalues", "Curving", "DifferencedProduct"]))
        }
        #expect(adapted > 3)
    }
}
