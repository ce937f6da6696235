import CEos
import EosCore
import EosProcesses

/// What was found of a plugin.
public struct CheckReport: Sendable {
    public struct Entry: Sendable {
        public let item: CheckItem
        public let findings: [Finding]
        public let seconds: Double
        public var verdict: Finding.Verdict { findings.verdict }
    }

    public let file: String
    /// "org.example.quartic 1.0.0"; nil where it could not be loaded.
    public let name: String?
    public let entries: [Entry]

    public func count(_ verdict: Finding.Verdict) -> Int { entries.count { $0.verdict == verdict } }

    /// Why all that was planned for a subject was skipped; nil where something was looked at.
    public func reasonToSkipAll(of subject: String) -> String? {
        let messages = entries.filter { $0.item.subject == subject }.map { entry in
            entry.verdict == .skipped ? entry.findings.first?.message : nil
        }
        guard messages.count > 1, let first = messages.first, messages.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    /// Whether nothing that the plugin offers was looked at, for want of keys or data.
    public var isUnprepared: Bool {
        let offered = subjects.filter { $0 != "plugin" }
        return !offered.isEmpty && offered.allSatisfy { reasonToSkipAll(of: $0) != nil }
    }

    /// The subjects in their order.
    public var subjects: [String] {
        entries.reduce(into: []) { if !$0.contains($1.item.subject) { $0.append($1.item.subject) } }
    }
}

/// Has workers look at a plugin, which this process never loads: when a check ends a worker, another one goes on behind
/// it.
public struct CheckSupervisor {
    /// Once one of these has ended a worker, there is nothing more to see of its subject.
    private static let decisive: Set = ["entry", "tables", "start"]

    private let file: String
    private let program: String
    private var job: CheckJob
    private var name: String?
    private var plan: [CheckItem] = []
    private var entries: [CheckReport.Entry] = []

    /// - Parameter program: eos-worker.
    public init(_ file: String, _ job: CheckJob, program: String) {
        self.file = file
        self.job = job
        self.program = program
    }

    /// - Throws: mistakes of the user: a file that is not there, an unknown key or check.
    public mutating func run() throws(EosError) -> CheckReport {
        repeat {
            try runWorker()
            let done = Set(entries.map(\.item))
            job.done = entries.map(\.item)
            if plan.allSatisfy(done.contains) { break }
        } while true
        let order = Dictionary(uniqueKeysWithValues: plan.enumerated().map { ($1, $0) })
        return CheckReport(
            file: file, name: name,
            entries: entries.sorted { order[$0.item, default: -1] < order[$1.item, default: -1] })
    }

    private mutating func runWorker() throws(EosError) {
        let left = plan.isEmpty ? 100 : plan.count - entries.count + 1
        var command = ChildCommand(
            program, ["--check", file, job.json],
            // Its own report of a crash takes longer than all the rest.
            environment: ["SWIFT_BACKTRACE": "enable=no"], limits: .init(seconds: Double(left) * job.limit + 10))
        command.limits.results = 1 << 26
        let result = try command.run()
        var underWay: CheckItem?
        var note = ""
        var isTimedOut = result.ending == .timedOut
        for line in result.results.text.split(separator: "\n") {
            switch CheckEvent(line: line) {
            case .plan(let name, let items):
                self.name = name
                plan = items
            case .begin(let item):
                underWay = item
                note = ""
            case .note(let text): note = text
            case .end(let item, let findings, let seconds):
                entries.append(.init(item: item, findings: findings, seconds: seconds))
                underWay = nil
            case .timeout: isTimedOut = true
            case .refused(let status, let message): return try refuse(status, message)
            case nil: continue
            }
        }
        if !plan.isEmpty, underWay == nil, result.ending == .exited(0) {
            // A worker that ends well has looked at everything.
            guard plan.allSatisfy({ item in entries.contains { $0.item == item } }) else {
                throw EosError(EOS_E_FAILED, "\(program) ended before it had checked all of \(file); build it again")
            }
            return
        }
        let item = underWay ?? plan.first { item in !entries.contains { $0.item == item } } ?? Self.entry
        if plan.isEmpty { plan = [Self.entry] }
        let sentence = sentence(result, isTimedOut, note, isLoading: underWay == nil)
        entries.append(.init(item: item, findings: [.fail(sentence)], seconds: isTimedOut ? job.limit : 0))
        guard Self.decisive.contains(item.check) || underWay == nil else { return }
        for other in plan where item.subject == "plugin" || other.subject == item.subject {
            if entries.contains(where: { $0.item == other }) { continue }
            entries.append(
                .init(item: other, findings: [.skipped("\(item.check) ended the process")], seconds: 0))
        }
    }

    private static let entry = CheckItem(
        subject: "plugin", check: "entry", title: "the entry, the version and the factories are valid")

    /// What can't be loaded failed its first check, unless it was the user who erred.
    private mutating func refuse(_ status: Int32, _ message: String) throws(EosError) {
        guard Int(status) == EOS_E_PLUGIN || Int(status) == EOS_E_FORMAT else { throw EosError(Int(status), message) }
        plan = [Self.entry]
        entries = [.init(item: Self.entry, findings: [.fail(message)], seconds: 0)]
    }

    /// "ends the process by SIGSEGV (Segmentation fault), with NaN in element 0: an access through a wild pointer".
    private func sentence(_ result: ChildResult, _ isTimedOut: Bool, _ note: String, isLoading: Bool) -> String {
        var text = isLoading ? "loading it " : ""
        if isTimedOut {
            text += "does not end within \(short(job.limit)) s"
        } else {
            switch result.ending {
            case .exited(let status): text += "ends the process with exit status \(status)"
            case .signalled(let signal): text += "ends the process by \(signal)"
            case .timedOut: text += "does not end"
            }
        }
        if !note.isEmpty { text += ", \(note)" }
        switch result.ending {
        case _ where isTimedOut: text += "; raise --timeout"
        case .signalled(let signal): if let cause = signal.usualCause { text += ": \(cause)" }
        default: text += "; return a status instead"
        }
        let lines = result.error.text.split(separator: "\n").prefix(3)
        if !lines.isEmpty { text += "; it printed: " + lines.joined(separator: " | ") }
        return text
    }
}
