import CEos
import CEosConformance
import EosCore
import EosPluginHost
import Glibc
import Synchronization

/// What an object does to its process. The same for objectives and for policies: `use` makes one, calls it and destroys
/// it; `touch` makes one and gives a call that is repeated.
enum Life {
    /// What the process shares is as it was.
    static func manners(
        _ parent: PluginSubject, _ name: String, use: () throws(EosError) -> Void
    ) throws(EosError) -> [Finding] {
        var findings = parent.loading.map { Finding.fail("loading the plugin: \($0)") }
        var failure: EosError?
        // The host puts back what it sees, and says so.
        let said = Lines()
        parent.host.setWarning { said.add($0) }
        defer { parent.host.setWarning(nil) }
        func look() -> (Surroundings, Surroundings, [String]) {
            let before = Surroundings.now()
            let printed = capturingOutput {
                do throws(EosError) { try use() } catch { failure = error }
            }
            let after = Surroundings.now()
            var changes = after.changes(since: before)
            changes += said.take().map { remark($0, of: parent.maker) }
            for (stream, text) in [("standard output", printed.output), ("standard error", printed.error)]
            where !text.isEmpty {
                let first = text.split(separator: "\n").first.map(String.init) ?? ""
                changes.append("prints to \(stream) (\"\(first.prefix(60))\"): say it through eos_host.log")
            }
            return (before, after, changes)
        }
        let (before, first, changes) = look()
        eos_surroundings_restore()
        if let failure { throw failure }
        findings += changes.map { .fail("making, using and destroying the \(name): \($0)") }
        // What stays after the first of all may belong to a library; what comes with every one does not.
        let (_, second, _) = look()
        let (_, last, _) = look()
        if let failure { throw failure }
        if last.threads > second.threads, second.threads > first.threads {
            findings.append(
                .fail(
                    "\(counted(last.threads - second.threads, "thread")) more run after every \(name) that was made and destroyed: join them in destroy"
                ))
        } else if first.threads > before.threads {
            findings.append(
                .warning(
                    "\(counted(first.threads - before.threads, "thread")) stay after the first \(name) was destroyed, no more "
                        + "after later ones: a pool of a library?"))
        }
        if last.descriptors.count > second.descriptors.count, second.descriptors.count > first.descriptors.count {
            findings.append(
                .fail(
                    "\(counted(last.descriptors.count - second.descriptors.count, "file descriptor")) more are open after every \(name) that was made and destroyed: close them in destroy"
                ))
        } else if first.descriptors.count > before.descriptors.count {
            findings.append(
                .warning(
                    "\(counted(first.descriptors.count - before.descriptors.count, "file descriptor")) stay open after the first \(name) was destroyed"
                ))
        }
        return findings.orPass("directory, locale, floating point, signals, output, threads and files are as they were")
    }

    /// Without the file: "its create changed the locale; that was put back: ...".
    static func remark(_ line: String, of maker: any Maker) -> String {
        let path = maker.description.path + ": "
        return line.hasPrefix(path) ? String(line.dropFirst(path.count)) : line
    }

    /// Lines from any thread.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }

        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
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
        guard made >= 10 || grown != nil else {
            return [.skipped("one takes too long to be made over and over; --timeout gives more time")]
        }
        if let grown {
            findings.append(
                .fail("\(grown) with every \(name) that is made and destroyed (\(made) of them): free it in destroy"))
        }
        done.append("\(made) times made and destroyed")
        parent.note("calling over and over")
        let (called, kept) = try growth(seconds, try touch())
        if let kept {
            findings.append(.fail("\(kept) with every call (\(called) of them): free what a call allocates"))
        }
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
        try body()
        let start = now()
        try body()
        let each = max(now() - start, 1e-9)
        let tenth = min(100, Int(seconds / each / 11))
        guard tenth > 0 else { return (2, nil) }
        for _ in 0..<tenth { try body() }
        var uses = [MemoryUse.now()]
        uses.reserveCapacity(16)
        for _ in 0..<10 {
            for _ in 0..<tenth { try body() }
            uses.append(.now())
            // Enough was seen; the machine is to live on.
            if uses.last!.resident - uses[0].resident > 1 << 30 { break }
        }
        let times = (uses.count - 1) * tenth
        func slope(_ member: (MemoryUse) -> Int64) -> Double {
            let steps = zip(uses.dropFirst(), uses).map { Double(member($0) - member($1)) / Double(tenth) }.sorted()
            // Below the median: most tenths have to show it.
            return steps[steps.count / 3]
        }
        let heap = slope { $0.heap }
        let virtual = slope { $0.virtual }
        let resident = slope { $0.resident }
        if heap >= 8 { return (times, "malloc has \(Int(heap.rounded())) bytes more") }
        if virtual >= 256 { return (times, "the address space grows by \(Int(virtual.rounded())) bytes") }
        if resident >= 256 { return (times, "memory in use grows by \(Int(resident.rounded())) bytes") }
        return (times, nil)
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
