import CEos
import EosCore

extension Check where Subject == PolicySubject {
    static var tables: Check {
        Check("tables", "the table of functions and needs are valid") { subject throws(EosError) in
            if let missing = try subject.missing() { return .skipped(missing) }
            let policy = try subject.make()
            guard let table = policy as? TablePolicy else {
                return .pass("there is no table, because the host runs the policy itself")
            }
            var findings = size(table.ops.struct_size, of: eos_policy_ops.self)
            if (table.ops.save == nil) != (table.ops.load == nil) {
                findings.fail("the table has only one of save and load; give both or neither")
            }
            if table.ops.reset == nil, table.ops.save != nil {
                findings.fail("the table has save but not reset; a policy with state needs reset")
            }
            if let needs = table.ops.needs {
                let first = needs(table.instance)
                let other = try subject.make().needs.rawValue
                if needs(table.instance) != first || other != first {
                    findings.fail(
                        "needs gives another answer each time; it must be constant")
                }
                if first >> 16 != 0 {
                    findings.fail("needs has the unknown bits \(first); use EOS_NEEDS_* and EOS_POLICY_*")
                }
            }
            if let history = table.ops.history, Int(history(table.instance)) != table.historyPairs {
                findings.fail("history gives another answer each time; it must be constant")
            }
            return findings.orPass("needs \(policy.needs.rawValue)")
        }
    }

    /// Steps on functions of closed form.
    static var steps: Check {
        Check("steps", "steps are positive and finite, searches end") { subject throws(EosError) in
            var longest = 0
            var calls = 0
            for form in ClosedForm.all {
                subject.parent.note("training on \(form.name)")
                let outcome = try subject.train(form, with: try subject.make())
                if let fault = outcome.policy.fault { return .fail(fault) }
                longest = max(longest, outcome.policy.longestSearch)
                calls += outcome.policy.calls.count
            }
            return .pass(
                "\(calls) calls on \(ClosedForm.all.count) functions, at most \(counted(longest, "trial")) a search")
        }
    }

    /// Trials without a value.
    static var nonfinite: Check {
        Check("nonfinite", "the policy accepts no trial without a value") { subject throws(EosError) in
            let acceptsFirst = try subject.make().needs.contains(.acceptsFirst)
            let policy = try subject.make()
            let outcome = try subject.train(.barrier, with: policy)
            if outcome.policy.acceptsNothing, let fault = outcome.policy.fault { return .fail(fault) }
            if acceptsFirst { return .pass("the policy accepts every first trial (EOS_POLICY_ACCEPTS_FIRST)") }
            let direct = try refuses(subject)
            if !direct.isEmpty { return direct }
            return .pass(
                "\(counted(outcome.policy.trialsWithoutValue, "trial")) without a value on "
                    + "\(ClosedForm.barrier.name), none accepted"
            )
        }
    }

    /// A search whose trials have no value at all ends by a safeguard or with a sentence, or its steps shrink.
    private static func refuses(_ subject: PolicySubject) throws(EosError) -> [Finding] {
        for (value, name) in [(Double.nan, "NaN"), (.infinity, "infinite")] {
            if let finding = try search(subject, where: value, name) { return [finding] }
        }
        return []
    }

    private static func search(
        _ subject: PolicySubject, where value: Double, _ name: String
    ) throws(EosError) -> Finding? {
        var policy = try subject.make()
        try policy.reset()
        let iterate = eos_iterate.beginning
        var trial = sized(eos_trial())
        trial.value = value
        trial.slope = .nan
        trial.step = try policy.propose(iterate)
        let first = trial.step
        for index in 0..<200 {
            trial.index = Int64(index)
            let verdict: Verdict
            do throws(EosError) { verdict = try policy.judge(iterate, trial) } catch {
                // There is nothing to accept, and it says so.
                return nil
            }
            let trials = counted(index + 1, "trial")
            switch verdict {
            case .tryStep(let step):
                guard step > 0, step.isFinite else {
                    return .fail("after \(trials) whose value is \(name) judge asks for the step \(step)")
                }
                trial.step = step
            case .accept(_, .safeguard): return nil
            case .accept(let step, _):
                return .fail(
                    "judge accepts the step \(step) after \(trials) whose value is \(name); check eos_trial.finite")
            }
        }
        guard trial.step < first else {
            return .fail(
                "200 trials whose value is \(name) lead from the step \(first) to \(trial.step); shrink the step")
        }
        return nil
    }

    static var determinism: Check {
        Check("determinism", "the same scalars give the same steps") { subject throws(EosError) in
            for form in [ClosedForm.quadratic, .rosenbrock] {
                let first = try subject.train(form, with: try subject.make())
                let second = try subject.train(form, with: try subject.make())
                guard first.policy.calls == second.policy.calls else {
                    subject.isSteady = false
                    return .fail(
                        "two instances give different steps on \(form.name); a policy must depend only on its "
                            + "scalars and its state"
                    )
                }
            }
            return .pass("two instances give the same steps on two functions")
        }
    }

    static var reset: Check {
        Check("reset", "after reset the policy is as new") { subject throws(EosError) in
            guard subject.isSteady else { return .skipped("there is nothing to compare; see determinism") }
            let fresh = try subject.train(.rosenbrock, with: try subject.make())
            let used = try subject.make()
            _ = try subject.train(.quadratic, with: used)
            // The trainer resets what it is given.
            let again = try subject.train(.rosenbrock, with: used)
            guard fresh.policy.calls == again.policy.calls else {
                return .fail(
                    "after reset it gives different steps than a new one on \(ClosedForm.rosenbrock.name); discard "
                        + "all state in reset"
                )
            }
            return .pass("the steps of a new one")
        }
    }

    /// Does it train at all?
    static var training: Check {
        Check("training", "the policy trains a quadratic") { subject throws(EosError) in
            let outcome = try subject.train(.quadratic, with: try subject.make(), iterations: 400)
            if outcome.policy.fault != nil { return .skipped("training ends with what steps found") }
            let progress = outcome.trainer.progress
            let start = ClosedForm.quadratic.start
            var gradient = start
            let first = ClosedForm.quadratic.value(start, &gradient)
            let figures: [Finding.Figure] = [
                .init(name: "iterations", value: Double(progress.iteration), unit: nil),
                .init(name: "best value", value: progress.best_value, unit: nil),
            ]
            guard progress.best_value <= 1e-3 * first else {
                return .warning(
                    "after \(progress.iteration) iterations on \(ClosedForm.quadratic.name) the best value is "
                        + "\(short(progress.best_value)), from \(short(first)); check the size of its steps")
            }
            return .pass(
                "from \(short(first)) to \(short(progress.best_value)) in \(progress.iteration) iterations",
                figures: figures)
        }
    }
}

extension eos_iterate {
    /// Where a training begins: f = 1, |g| = 1, all that may be needed is there.
    static var beginning: eos_iterate {
        var iterate = sized(eos_iterate())
        iterate.value = 1
        iterate.best_value = 1
        iterate.slope = -1
        iterate.gradient_norm2 = 1
        iterate.direction_norm2 = 1
        iterate.last_step = .nan
        iterate.dx_dg = .nan
        iterate.dg_norm2 = .nan
        iterate.dx_norm2 = .nan
        iterate.curvature = 1
        iterate.gradient_norm = 1
        iterate.direction_norm = 1
        iterate.dx_norm = .nan
        iterate.dg_norm = .nan
        iterate.point_norm = 1
        iterate.direction_curvature = 1
        iterate.value_accuracy = .ulpOfOne
        iterate.sharpness = 1
        iterate.value_lower_bound = 0
        iterate.sharpness_bound = .nan
        return iterate
    }
}
