import CEos
import EosCore

extension Check where Subject == PolicySubject {
    /// Structs at the edge of memory.
    static var memory: Check {
        Check("memory", "no read and no write past the end of a struct") { subject throws(EosError) in
            guard let policy = try subject.make() as? TablePolicy else {
                return .skipped("there is no table to call")
            }
            let iterate = try Fenced(MemoryLayout<eos_iterate>.size, "the iterate")
            // As a host of the first release gives it: without the slope.
            let first = MemoryLayout<eos_trial>.offset(of: \.slope)!
            let trial = try Fenced(first, "the trial")
            let verdict = try Fenced(MemoryLayout<eos_verdict>.size, "the verdict")
            let step = try Fenced(8, "the step")
            iterate.pointer.storeBytes(of: .beginning, as: eos_iterate.self)
            let at = UnsafePointer(iterate.pointer.assumingMemoryBound(to: eos_iterate.self))
            _ = policy.ops.reset?(policy.instance)
            if let findings = try direct(policy, at) { return findings }
            _ = policy.ops.propose(policy.instance, at, step.pointer.assumingMemoryBound(to: Double.self))
            var row = eos_trial()
            row.struct_size = UInt32(first)
            row.finite = 1
            row.step = step.pointer.load(as: Double.self)
            row.value = 0.5
            withUnsafeBytes(of: &row) { trial.fill(from: $0.baseAddress!) }
            let empty = sized(eos_verdict())
            verdict.pointer.storeBytes(of: empty, as: eos_verdict.self)
            let tried = UnsafePointer(trial.pointer.assumingMemoryBound(to: eos_trial.self))
            _ = policy.ops.judge(
                policy.instance, at, tried, verdict.pointer.assumingMemoryBound(to: eos_verdict.self))
            _ = policy.ops.accepted?(policy.instance, at, tried)
            for (memory, function) in [(iterate, "a call"), (trial, "a call"), (verdict, "judge"), (step, "propose")] {
                if let breach = memory.breach(by: function) {
                    return .fail("\(breach); access a field only if struct_size covers it")
                }
            }
            return .pass("structs of this release between fences")
        }
    }

    /// A direction from a history between fences; nil where nothing is wrong.
    private static func direct(
        _ policy: TablePolicy, _ iterate: UnsafePointer<eos_iterate>
    ) throws(EosError) -> [Finding]? {
        guard let direct = policy.ops.direct, policy.historyPairs > 0 else { return nil }
        let history = try Fenced(MemoryLayout<eos_history>.size, "the history")
        let products = try Fenced(9 * 8, "the products")
        let factors = try Fenced(3 * 8, "the factors")
        let identity: [Double] = [1, 0.1, 0.1, 0.1, 1, 0.5, 0.1, 0.5, 1]
        identity.withUnsafeBytes { products.fill(from: $0.baseAddress!) }
        var row = sized(eos_history())
        row.pairs = 1
        row.products = UnsafePointer(products.pointer.assumingMemoryBound(to: Double.self))
        withUnsafeBytes(of: &row) { history.fill(from: $0.baseAddress!) }
        _ = direct(
            policy.instance, iterate, UnsafePointer(history.pointer.assumingMemoryBound(to: eos_history.self)),
            factors.pointer.assumingMemoryBound(to: Double.self))
        for memory in [history, products, factors] {
            if let breach = memory.breach(by: "direct") {
                return .fail("\(breach); there are 2 pairs + 1 vectors")
            }
        }
        return nil
    }

    static var destroy: Check {
        Check("destroy", "destroy works in either order and with NULL") { subject throws(EosError) in
            guard subject.isSteady else { return .skipped("there is nothing to compare; see determinism") }
            let expected = try subject.train(.quadratic, with: try subject.make()).policy.calls
            for order in [[0, 1], [1, 0]] {
                subject.parent.note("destroying two policies, number \(order[0]) first")
                var policies: [(any Policy)?] = [try subject.make(), try subject.make()]
                policies[order[0]] = nil
                guard try subject.train(.quadratic, with: policies[order[1]]!).policy.calls == expected else {
                    return .fail("a policy gives different steps after another is destroyed; give each its own memory")
                }
            }
            subject.parent.note("destroying NULL")
            if let policy = try subject.make() as? TablePolicy { policy.ops.destroy?(nil) }
            return .pass("two policies in either order, NULL")
        }
    }

    static var manners: Check {
        Check("manners", "the state of the process does not change") { subject throws(EosError) in
            try Life.manners(subject.parent, "policy") { () throws(EosError) in
                _ = try subject.train(.quadratic, with: try subject.make(), iterations: 5)
            }
        }
    }

    static var leaks: Check {
        Check("leaks", "memory does not grow over up to 1000 objects and calls") { subject throws(EosError) in
            try Life.leaks(
                subject.parent, "policy",
                cycle: { () throws(EosError) in
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
        Check("cost", "cost of each call") { subject throws(EosError) in
            let kept = Handed(try subject.make())
            try kept.content.reset()
            let each = try Life.median(0.02 * subject.limit) { () throws(EosError) in try search(&kept.content) }
            return .pass(
                "a search of one trial \(time(each))", figures: [.init(name: "search", value: each, unit: "ns")])
        }
    }

    /// One proposal, one trial that halves the value.
    private static func search(_ policy: inout any Policy) throws(EosError) {
        var trial = sized(eos_trial())
        trial.step = try policy.propose(.beginning)
        trial.value = 0.5
        trial.slope = -0.1
        trial.finite = 1
        if case .accept = try policy.judge(.beginning, trial) { try policy.accepted(.beginning, trial) }
    }
}
