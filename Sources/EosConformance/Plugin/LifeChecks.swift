import CEos
import CEosConformance
import EosCore
import EosPluginHost
import Glibc

/// What an object does to its process. The same for objectives and for policies: `use` makes one, calls it and destroys
/// it; `touch` makes one and gives a call that is repeated.
enum Life {
    /// What the process shares is as it was.
    static func manners(
        _ parent: PluginSubject, _ name: String, use: () throws(EosError) -> Void
    ) throws(EosError) -> [Finding] {
        var findings = parent.loading.map { Finding.fail("loading the plugin \($0)") }
        var failure: EosError?
        func look() -> (Surroundings, Surroundings, [String]) {
            let before = Surroundings.now()
            let printed = capturingOutput {
                do throws(EosError) { try use() } catch { failure = error }
            }
            let after = Surroundings.now()
            var changes = after.changes(since: before)
            for (stream, text) in [("standard output", printed.output), ("standard error", printed.error)] where !text.isEmpty {
                let first = text.split(separator: "\n").first.map(String.init) ?? ""
                changes.append("prints to \(stream) (\"\(first.prefix(60))\"): say it through eos_host.log")
            }
            return (before, after, changes)
        }
        let (before, first, changes) = look()
        eos_float_reset()
        if let failure { throw failure }
        findings += changes.map { .fail("making, using and destroying the \(name) \($0)") }
        // What stays after the first of all may belong to a library; what comes with every one does not.
        let (_, second, _) = look()
        let (_, last, _) = look()
        eos_float_reset()
        if let failure { throw failure }
        if last.threads > second.threads, second.threads > first.threads {
            findings.append(
                .fail("\(counted(last.threads - second.threads, "thread")) more run after every \(name) that was made and destroyed: join them in destroy"))
        } else if first.threads > before.threads {
            findings.append(
                .warning(
                    "\(counted(first.threads - before.threads, "thread")) stay after the first \(name) was destroyed, no more "
                        + "after later ones: a pool of a library?"))
        }
        if last.descriptors.count > second.descriptors.count, second.descriptors.count > first.descriptors.count {
            findings.append(
                .fail("\(counted(last.descriptors.count - second.descriptors.count, "file descriptor")) more are open after every \(name) that was made and destroyed: close them in destroy"))
        } else if first.descriptors.count > before.descriptors.count {
            findings.append(
                .warning("\(counted(first.descriptors.count - before.descriptors.count, "file descriptor")) stay open after the first \(name) was destroyed"))
        }
        return findings.orPass("directory, locale, floating point, signals, output, threads and files are as they were")
    }

    /// Memory that grows with every call.
    static func leaks(
        _ parent: PluginSubject, _ name: String, cycle: () throws(EosError) -> Void,
        touch: () throws(EosError) -> (() throws(EosError) -> Void)
    ) throws(EosError) -> [Finding] {
        var findings: [Finding] = []
        var done: [String] = []
        parent.note("making and destroying over and over")
        let seconds = 0.3 * parent.settings.limit
        let (made, grown) = try growth(seconds, cycle)
        if let grown { findings.append(.fail("\(grown) with every \(name) that is made and destroyed (\(made) of them): free it in destroy")) }
        done.append("\(made) times made and destroyed")
        parent.note("calling over and over")
        let (called, kept) = try growth(seconds, try touch())
        if let kept { findings.append(.fail("\(kept) with every call (\(called) of them): free what a call allocates")) }
        done.append("\(called) calls")
        parent.note("")
        return findings.orPass("nothing grows over " + done.joined(separator: " and "))
    }

    /// Repeats `body` a thousand times, fewer where they would take longer than `seconds`.
    ///
    /// - Returns: how often, and what grows: judged by the median over tenths, since a cache or a pool grows by leaps.
    private static func growth(
        _ seconds: Double, _ body: () throws(EosError) -> Void
    ) throws(EosError) -> (Int, String?) {
        let start = now()
        for _ in 0..<3 { try body() }
        let each = max((now() - start) / 3, 1e-9)
        let tenth = max(3, min(100, Int(seconds / each / 11)))
        for _ in 0..<tenth { try body() }
        var uses = [MemoryUse.now()]
        uses.reserveCapacity(16)
        for _ in 0..<10 {
            for _ in 0..<tenth { try body() }
            uses.append(.now())
        }
        func slope(_ member: (MemoryUse) -> Int64) -> Double {
            let steps = zip(uses.dropFirst(), uses).map { Double(member($0) - member($1)) / Double(tenth) }.sorted()
            // The median's lower neighbour: most tenths have to show it.
            return steps[3]
        }
        let heap = slope { $0.heap }
        let virtual = slope { $0.virtual }
        let resident = slope { $0.resident }
        if heap >= 8 { return (10 * tenth, "malloc has \(Int(heap.rounded())) bytes more") }
        if virtual >= 256 { return (10 * tenth, "the address space grows by \(Int(virtual.rounded())) bytes") }
        if resident >= 256 { return (10 * tenth, "memory in use grows by \(Int(resident.rounded())) bytes") }
        return (10 * tenth, nil)
    }

    /// Nanoseconds of one call, the median of many.
    static func median(_ seconds: Double, _ body: () throws(EosError) -> Void) throws(EosError) -> Double {
        try body()
        var first = now()
        try body()
        // Calls of a few nanoseconds are timed by the batch.
        let batch = max(1, min(10_000, Int(2e-5 / max(now() - first, 1e-9))))
        var times: [Double] = []
        let end = now() + seconds
        repeat {
            first = now()
            for _ in 0..<batch { try body() }
            times.append((now() - first) / Double(batch))
        } while now() < end && times.count < 1000
        return times.sorted()[times.count / 2] * 1e9
    }
}

extension Check where Subject == ObjectiveSubject {
    static var manners: Check {
        Check("manners", "the process is left as it was") { subject throws(EosError) in
            try Life.manners(subject.parent, "objective") { () throws(EosError) in try use(subject) }
        }
    }

    static var leaks: Check {
        Check("leaks", "no growth over 1000 lives and calls") { subject throws(EosError) in
            try Life.leaks(
                subject.parent, "objective", cycle: { () throws(EosError) in try use(subject) },
                touch: { () throws(EosError) in
                    let instance = try subject.make()
                    let x = try instance.initialPoint()
                    let gradient = try instance.vector()
                    return { () throws(EosError) in
                        var call = eos_evaluation(x.pointer, gradient: gradient.pointer)
                        _ = instance.ops.evaluate(instance.pointer, &call)
                    }
                })
        }
    }

    /// Makes one, calls what it can do and destroys it.
    private static func use(_ subject: ObjectiveSubject) throws(EosError) {
        let instance = try subject.make()
        let x = try instance.initialPoint()
        let out = try instance.vector()
        _ = try instance.objective.evaluate(at: x.pointer, gradient: out.pointer)
        if instance.objective.hasCurvature {
            try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
            let v = try instance.direction(1)
            try instance.require(instance.ops.curvature(instance.pointer, v.pointer, out.pointer), "curvature")
        }
        if instance.objective.hasRay {
            var value = 0.0
            let d = try instance.direction(2)
            try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
            _ = instance.ops.ray_value(instance.pointer, 0.1, &value)
        }
        _ = try instance.objective.measure(x.pointer)
    }

    /// What calls cost, for the reader.
    static var cost: Check {
        Check("cost", "price of each call") { subject throws(EosError) in
            let instance = try subject.make()
            let x = try instance.initialPoint()
            let out = try instance.vector()
            let share = 0.02 * subject.limit
            func evaluate(_ gradient: UnsafeMutableRawPointer?) throws(EosError) -> Double {
                try Life.median(share) {
                    var call = eos_evaluation(x.pointer, gradient: gradient)
                    _ = instance.ops.evaluate(instance.pointer, &call)
                }
            }
            let value = try evaluate(nil)
            let both = try evaluate(out.pointer)
            var figures: [Finding.Figure] = [
                .init(name: "value", value: value, unit: "ns"),
                .init(name: "value and gradient", value: both, unit: "ns"),
                .init(name: "value and gradient / value", value: both / value, unit: nil),
            ]
            var text = "value \(time(value)), with gradient \(short(both / value)) times that"
            if instance.objective.hasRay {
                let d = try instance.direction(2)
                try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
                var result = 0.0
                let trial = try Life.median(share) { _ = instance.ops.ray_value(instance.pointer, 0.1, &result) }
                figures += [
                    .init(name: "ray value", value: trial, unit: "ns"),
                    .init(name: "ray value / value", value: trial / value, unit: nil),
                ]
                text += "; ray value \(short(trial / value)) values"
            }
            if instance.objective.hasCurvature {
                try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
                let v = try instance.direction(1)
                let product = try Life.median(share) { _ = instance.ops.curvature(instance.pointer, v.pointer, out.pointer) }
                figures += [
                    .init(name: "product", value: product, unit: "ns"),
                    .init(name: "product / gradient", value: product / both, unit: nil),
                ]
                text += "; product \(short(product / both)) gradients"
            }
            return [.pass(text, figures: figures)]
        }
    }

    /// The end of one object is nobody else's.
    static var destroy: Check {
        Check("destroy", "destroy, in either order, and of NULL") { subject throws(EosError) in
            let alone = try subject.make()
            let x = try alone.initialPoint()
            let expected = try alone.evaluate(x.pointer)
            for order in [[0, 1], [1, 0]] {
                subject.parent.note("destroying two instances, number \(order[0]) first")
                var instances: [Instance?] = [try subject.make(), try subject.make()]
                _ = try instances[0]!.evaluate(x.pointer)
                _ = try instances[1]!.evaluate(x.pointer)
                instances[order[0]] = nil
                let later = try instances[order[1]]!.evaluate(x.pointer)
                if alone.isDeterministic, later != expected {
                    return [
                        .fail("an instance evaluates to other bits once another is destroyed: let each have its own memory")
                    ]
                }
            }
            subject.parent.note("destroying NULL")
            alone.ops.destroy(nil)
            subject.parent.note("destroying an instance that was never used")
            _ = try subject.make()
            return [.pass("two instances in either order, one that was never used, NULL")]
        }
    }
}

/// "12 ns", "3.4 ms".
func time(_ nanoseconds: Double) -> String {
    for (unit, size) in [("ns", 1.0), ("us", 1e3), ("ms", 1e6)] where nanoseconds < 1000 * size {
        return "\(short(nanoseconds / size)) \(unit)"
    }
    return "\(short(nanoseconds / 1e9)) s"
}
