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
        var findings = parent.loading.map { Finding.fail("loading the plugin: \($0)") }
        var failure: EosError?
        // The host puts back what it sees, and says so.
        let said = Remarks()
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
                changes.append("prints to \(stream) (\"\(first.prefix(60))\"); use eos_host.log")
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
            findings.fail(
                "\(counted(last.threads - second.threads, "thread")) more run after every \(name) that was made and "
                    + "destroyed; join them in destroy"
            )
        } else if first.threads > before.threads {
            findings.warning(
                "\(counted(first.threads - before.threads, "thread")) stay after the first \(name) was destroyed, no "
                    + "more after later ones; they may be the thread pool of a library")
        }
        if last.descriptors.count > second.descriptors.count, second.descriptors.count > first.descriptors.count {
            findings.fail(
                "\(counted(last.descriptors.count - second.descriptors.count, "file descriptor")) more are open "
                    + "after every \(name) that was made and destroyed; close them in destroy"
            )
        } else if first.descriptors.count > before.descriptors.count {
            findings.warning(
                "\(counted(first.descriptors.count - before.descriptors.count, "file descriptor")) stay open after "
                    + "the first \(name) was destroyed"
            )
        }
        return findings.orPass("directory, locale, floating point, signals, output, threads and files are as they were")
    }

    /// Without the file: "its create changed the locale; that was put back: ...".
    static func remark(_ line: String, of maker: any Maker) -> String {
        let path = maker.description.path + ": "
        return line.hasPrefix(path) ? String(line.dropFirst(path.count)) : line
    }

    /// Memory that grows with every life or every call.
    static func leaks(
        _ parent: PluginSubject, _ name: String, cycle: () throws(EosError) -> Void,
        touch: () throws(EosError) -> (() throws(EosError) -> Void)
    ) throws(EosError) -> [Finding] {
        let seconds = 0.1 * parent.settings.limit
        parent.note("making and destroying repeatedly")
        let lives = try MemoryGrowth(seconds, cycle)
        parent.note("calling repeatedly")
        let calls = try MemoryGrowth(seconds, try touch())
        parent.note("")
        var findings: [Finding] = []
        if let growth = lives.sentence {
            findings.fail(
                "\(growth) with every \(name) that is made and destroyed (\(lives.count) of them); free it in destroy")
        }
        if let growth = calls.sentence {
            findings.fail("\(growth) with every call (\(calls.count) of them); free what a call allocates")
        }
        let figures: [Finding.Figure] = [
            .init(name: "lives", value: Double(lives.count), unit: nil),
            .init(name: "calls", value: Double(calls.count), unit: nil),
        ]
        let done = "\(lives.count) times made and destroyed and \(counted(calls.count, "call"))"
        let few = [(lives, "lives"), (calls, "calls")].filter { !$0.0.isJudged }.map(\.1)
        if few.count == 2 {
            return findings + [.skipped("\(done) are too few to see growth; raise --timeout")]
        }
        let rest = few.isEmpty ? "" : "; the \(few[0]) are too few to see growth; raise --timeout"
        return findings.isEmpty ? [.pass("nothing grows over \(done)\(rest)", figures: figures)] : findings
    }

    /// Nanoseconds of one call, the median of many.
    static func median(_ seconds: Double, _ body: () throws(EosError) -> Void) throws(EosError) -> Double {
        try body()
        var first = monotonicTime()
        try body()
        // Calls of a few nanoseconds are timed by the batch.
        let batch = max(1, min(10_000, Int(2e-5 / max(monotonicTime() - first, 1e-9))))
        var times: [Double] = []
        let end = monotonicTime() + seconds
        repeat {
            first = monotonicTime()
            for _ in 0..<batch { try body() }
            times.append((monotonicTime() - first) / Double(batch))
        } while monotonicTime() < end && times.count < 1000
        return times.sorted()[times.count / 2] * 1e9
    }
}
