import CEos
import EosCore
import EosPluginHost

extension Check where Subject == PolicySubject {
    static var tables: Check {
        Check("tables", "table of functions and needs") { subject throws(EosError) in
            if let missing = subject.parent.missing(subject.offer) { return [.skipped(missing)] }
            let policy = try subject.make()
            guard let table = policy as? TablePolicy else { return [.pass("no table: the host drives it")] }
            var findings = size(table.ops.struct_size, of: eos_policy_ops.self)
            if (table.ops.save == nil) != (table.ops.load == nil) {
                findings.append(.fail("the table has one of save and load: give both or none"))
            }
            if table.ops.reset == nil, table.ops.save != nil {
                findings.append(.fail("the table has save but no reset: what has state must be able to forget it"))
            }
            if let needs = table.ops.needs {
                let first = needs(table.instance)
                let other = try subject.make().needs.rawValue
                if needs(table.instance) != first || other != first {
                    findings.append(.fail("needs gives another answer each time: it is asked once and holds for all the training"))
                }
                if first >> 16 != 0 { findings.append(.fail("needs has the bits \(first): use EOS_NEEDS_* and EOS_POLICY_*")) }
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
                if let fault = outcome.policy.fault { return [.fail(fault)] }
                longest = max(longest, outcome.policy.longestSearch)
                calls += outcome.policy.calls.count
            }
            return [.pass("\(calls) calls on \(ClosedForm.all.count) functions, at most \(counted(longest, "trial")) a search")]
        }
    }

    /// Trials without a value.
    static var nonfinite: Check {
        Check("nonfinite", "trials without a value are not accepted") { subject throws(EosError) in
            let acceptsFirst = try subject.make().needs.contains(.acceptsFirst)
            let policy = try subject.make()
            let outcome = try subject.train(.barrier, with: policy)
            if let fault = outcome.policy.fault { return [.fail(fault)] }
            if acceptsFirst { return [.pass("EOS_POLICY_ACCEPTS_FIRST: it takes every first trial")] }
            let direct = try refuses(subject)
            if !direct.isEmpty { return direct }
            return [.pass("\(counted(outcome.policy.trialsWithoutValue, "trial")) without a value on \(ClosedForm.barrier.name), none accepted")]
        }
    }

    /// A search whose trials have no value at all: refused until the policy's smallest step.
    private static func refuses(_ subject: PolicySubject) throws(EosError) -> [Finding] {
        for (value, name) in [(Double.nan, "NaN"), (.infinity, "infinite")] {
            var policy = try subject.make()
            try policy.reset()
            let iterate = eos_iterate.beginning
            var trial = eos_trial()
            trial.struct_size = UInt32(MemoryLayout<eos_trial>.size)
            trial.value = value
            trial.step = try policy.propose(iterate)
            let first = trial.step
            for index in 0..<20 {
                trial.index = Int64(index)
                switch try policy.judge(iterate, trial) {
                case .tryStep(let step):
                    guard step > 0, step.isFinite else {
                        return [.fail("after \(index + 1) trials whose value is \(name) judge asks for the step \(step)")]
                    }
                    trial.step = step
                case .accept(let step, let reason):
                    if reason == .safeguard { return [] }
                    return [
                        .fail("judge accepts the step \(step) after \(counted(index + 1, "trial")) whose value is \(name): look at eos_trial.finite")
                    ]
                }
            }
            guard trial.step < first else {
                return [.fail("20 trials whose value is \(name) lead from the step \(first) to \(trial.step): shrink it")]
            }
        }
        return []
    }

    static var determinism: Check {
        Check("determinism", "the same scalars give the same steps") { subject throws(EosError) in
            for form in [ClosedForm.quadratic, .rosenbrock] {
                let first = try subject.train(form, with: try subject.make())
                let second = try subject.train(form, with: try subject.make())
                guard first.policy.calls == second.policy.calls else {
                    return [.fail("two instances give other steps on \(form.name): a policy decides from its scalars and its state alone")]
                }
            }
            return [.pass("two instances give the same steps on two functions")]
        }
    }

    static var reset: Check {
        Check("reset", "after reset it is as new") { subject throws(EosError) in
            let fresh = try subject.train(.rosenbrock, with: try subject.make())
            let used = try subject.make()
            _ = try subject.train(.quadratic, with: used)
            // The trainer resets what it is given.
            let again = try subject.train(.rosenbrock, with: used)
            guard fresh.policy.calls == again.policy.calls else {
                return [.fail("after reset it gives other steps than a new one on \(ClosedForm.rosenbrock.name): forget everything in reset")]
            }
            return [.pass("the steps of a new one")]
        }
    }

    /// Saved and loaded between any two calls.
    static var state: Check {
        Check("state", "saved and loaded between any two calls") { subject throws(EosError) in
            var size = 0
            for form in [ClosedForm.rosenbrock, .quadratic] {
                let plain = try subject.train(form, with: try subject.make())
                let exchanged = try subject.train(
                    form, with: try subject.make(),
                    exchange: { policy throws(EosError) in
                        let state = try policy.save()
                        size = max(size, state.count)
                        var next = try subject.make()
                        try load(&next, state)
                        return next
                    })
                guard plain.policy.calls == exchanged.policy.calls else {
                    let at = zip(plain.policy.calls, exchanged.policy.calls).prefix { $0 == $1 }.count
                    return [
                        .fail(
                            "saved and loaded before every call it gives other steps on \(form.name), from call \(at) on: save all "
                                + "that propose and judge read")
                    ]
                }
            }
            if size == 0 { return [.pass("it has no state: a new one goes on to the same steps")] }
            return try damages(subject)
        }
    }

    private static func load(_ policy: inout any Policy, _ state: [UInt8]) throws(EosError) {
        var failure: EosError?
        state.withUnsafeBytes { bytes in
            do throws(EosError) { try policy.load(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func damages(_ subject: PolicySubject) throws(EosError) -> [Finding] {
        let policy = try subject.make()
        _ = try subject.train(.rosenbrock, with: policy, iterations: 10)
        let state = try policy.save()
        var accepted: [String] = []
        for damage in StateStream.damaged(state) {
            subject.parent.note("loading state \(damage.name)")
            var victim = try subject.make()
            do throws(EosError) {
                try load(&victim, damage.bytes)
                if damage.isCut { return [.fail("load accepts state \(damage.name): return EOS_E_FORMAT, as eos_read_all does")] }
                accepted.append(damage.name)
            } catch {
                continue
            }
        }
        let foreign = Array("a state of some other policy".utf8) + [UInt8](repeating: 7, count: 3)
        var victim = try subject.make()
        if (try? load(&victim, foreign)) != nil { accepted.append("of another policy") }
        guard let first = accepted.first else { return [.pass("\(state.count) bytes; cut, extended and changed ones are refused")] }
        return [
            .warning(
                "load accepts \(accepted.count) kinds of state that it did not save, such as state \(first); checkpoints of eos "
                    + "have a checksum, but others would be taken for good: check a length, a version, a sum")
        ]
    }

    /// Does it train at all?
    static var training: Check {
        Check("training", "it trains a quadratic") { subject throws(EosError) in
            let outcome = try subject.train(.quadratic, with: try subject.make(), iterations: 400)
            if let fault = outcome.policy.fault { return [.fail(fault)] }
            let progress = outcome.trainer.progress
            let start = ClosedForm.quadratic.start
            var gradient = start
            let first = ClosedForm.quadratic.value(start, &gradient)
            let figures: [Finding.Figure] = [
                .init(name: "iterations", value: Double(progress.iteration), unit: nil),
                .init(name: "best value", value: progress.best_value, unit: nil),
            ]
            guard progress.best_value <= 1e-3 * first else {
                return [
                    .warning(
                        "after \(progress.iteration) iterations on \(ClosedForm.quadratic.name) the best value is "
                            + "\(short(progress.best_value)), from \(short(first)): are its steps of the right size?")
                ]
            }
            return [.pass("from \(short(first)) to \(short(progress.best_value)) in \(progress.iteration) iterations", figures: figures)]
        }
    }

    /// Structs at the edge of memory.
    static var memory: Check {
        Check("memory", "nothing is read or written past a struct") { subject throws(EosError) in
            guard let policy = try subject.make() as? TablePolicy else { return [.skipped("there is no table to call")] }
            let iterate = try Fenced(MemoryLayout<eos_iterate>.size, "the iterate")
            let trial = try Fenced(MemoryLayout<eos_trial>.size, "the trial")
            let verdict = try Fenced(MemoryLayout<eos_verdict>.size, "the verdict")
            let step = try Fenced(8, "the step")
            iterate.pointer.storeBytes(of: .beginning, as: eos_iterate.self)
            let at = UnsafePointer(iterate.pointer.assumingMemoryBound(to: eos_iterate.self))
            _ = policy.ops.reset?(policy.instance)
            _ = policy.ops.propose(policy.instance, at, step.pointer.assumingMemoryBound(to: Double.self))
            var row = eos_trial()
            row.struct_size = UInt32(MemoryLayout<eos_trial>.size)
            row.finite = 1
            row.step = step.pointer.load(as: Double.self)
            row.value = 0.5
            trial.pointer.storeBytes(of: row, as: eos_trial.self)
            var empty = eos_verdict()
            empty.struct_size = UInt32(MemoryLayout<eos_verdict>.size)
            verdict.pointer.storeBytes(of: empty, as: eos_verdict.self)
            let tried = UnsafePointer(trial.pointer.assumingMemoryBound(to: eos_trial.self))
            _ = policy.ops.judge(
                policy.instance, at, tried, verdict.pointer.assumingMemoryBound(to: eos_verdict.self))
            _ = policy.ops.accepted?(policy.instance, at, tried)
            for (memory, function) in [(iterate, "a call"), (trial, "a call"), (verdict, "judge"), (step, "propose")] {
                if let breach = memory.breach(by: function) {
                    return [.fail("\(breach): a field is there only where struct_size covers it")]
                }
            }
            return [.pass("structs of this release between fences")]
        }
    }

    static var destroy: Check {
        Check("destroy", "destroy, in either order, and of NULL") { subject throws(EosError) in
            let expected = try subject.train(.quadratic, with: try subject.make()).policy.calls
            for order in [[0, 1], [1, 0]] {
                subject.parent.note("destroying two policies, number \(order[0]) first")
                var policies: [(any Policy)?] = [try subject.make(), try subject.make()]
                policies[order[0]] = nil
                guard try subject.train(.quadratic, with: policies[order[1]]!).policy.calls == expected else {
                    return [.fail("a policy gives other steps once another is destroyed: let each have its own memory")]
                }
            }
            subject.parent.note("destroying NULL")
            if let policy = try subject.make() as? TablePolicy { policy.ops.destroy(nil) }
            return [.pass("two policies in either order, NULL")]
        }
    }

    static var manners: Check {
        Check("manners", "the process is left as it was") { subject throws(EosError) in
            try Life.manners(subject.parent, "policy") { () throws(EosError) in
                _ = try subject.train(.quadratic, with: try subject.make(), iterations: 5)
            }
        }
    }

    static var leaks: Check {
        Check("leaks", "no growth over 1000 lives and calls") { subject throws(EosError) in
            try Life.leaks(
                subject.parent, "policy", cycle: { () throws(EosError) in
                    var policy = try subject.make()
                    try search(&policy)
                },
                touch: { () throws(EosError) in
                    let kept = Handed(try subject.make())
                    try kept.content.reset()
                    return { () throws(EosError) in try search(&kept.content) }
                })
        }
    }

    static var cost: Check {
        Check("cost", "price of each call") { subject throws(EosError) in
            let kept = Handed(try subject.make())
            try kept.content.reset()
            let each = try Life.median(0.02 * subject.limit) { () throws(EosError) in try search(&kept.content) }
            return [
                .pass("a search of one trial \(time(each))", figures: [.init(name: "search", value: each, unit: "ns")])
            ]
        }
    }

    /// One proposal, one trial that halves the value.
    private static func search(_ policy: inout any Policy) throws(EosError) {
        var trial = eos_trial()
        trial.struct_size = UInt32(MemoryLayout<eos_trial>.size)
        trial.step = try policy.propose(.beginning)
        trial.value = 0.5
        trial.finite = 1
        if case .accept = try policy.judge(.beginning, trial) { try policy.accepted(.beginning, trial) }
    }
}

extension eos_iterate {
    /// Where a training begins: f = 1, |g| = 1, all that may be needed is there.
    static var beginning: eos_iterate {
        var iterate = eos_iterate()
        iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
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
        iterate.sharpness = 1
        iterate.value_lower_bound = 0
        iterate.sharpness_bound = .nan
        return iterate
    }
}
