import CEos
import EosCore
import EosPluginHost

/// Every check of a plugin, in order: those that others build on come first.
public final class Suite {
    /// A check that is ready to run.
    private struct Entry {
        let item: CheckItem
        let run: () throws(EosError) -> [Finding]
    }

    private var entries: [Entry] = []

    /// - Parameters:
    ///   - objective, policy: ids or short names; both nil: all.
    ///   - only: ids of checks; empty: all.
    /// - Throws: for a name that the plugin does not offer or a check that there is not.
    public init(_ subject: PluginSubject, objective: String? = nil, policy: String? = nil, only: [String] = [])
        throws(EosError)
    {
        for id in only where !Self.ids.contains(id) {
            let near = nearest(to: id, in: Self.ids).map { "; did you mean \($0)?" } ?? ""
            throw EosError(EOS_E_NOT_FOUND, "there is no check \(id)\(near); eos plugin check --list lists all checks")
        }
        for key in subject.settings.values.keys {
            let keys = subject.maker.description.offers.flatMap { $0.schema.parameters.map(\.key) }
            guard keys.contains(key) else {
                let near = nearest(to: key, in: keys).map { "; did you mean \($0)?" } ?? ""
                throw EosError(EOS_E_CONFIG, "--set \(key): this plugin has no such key\(near)")
            }
        }
        add(Self.plugin, to: "plugin", subject)
        var offers = try Self.chosen(subject.maker.description.offers, objective, policy)
        if let spec = subject.settings.spec {
            offers = try Self.named(spec, in: offers, narrowing: objective == nil && policy == nil)
        }
        for offer in offers {
            switch offer.kind {
            case .objective:
                let of = ObjectiveSubject(subject, offer)
                add(
                    Self.objective, to: of.name, of,
                    preparing: { () throws(EosError) in
                        try Self.prepare(of) { () throws(EosError) in _ = try of.make() }
                    })
            case .policy:
                let of = PolicySubject(subject, offer)
                add(
                    Self.policy, to: of.name, of,
                    preparing: { () throws(EosError) in
                        try Self.prepare(of) { () throws(EosError) in _ = try of.make() }
                    })
            }
        }
        if !only.isEmpty { entries.removeAll { !only.contains($0.item.check) } }
    }

    public var items: [CheckItem] { entries.map(\.item) }

    /// Runs one check to its end.
    public func run(_ item: CheckItem) -> [Finding] {
        guard let entry = entries.first(where: { $0.item == item }) else { return [] }
        do throws(EosError) { return try entry.run() } catch { return .fail(error.message) }
    }

    /// Why nothing else is worth looking at in a subject that failed `item`; nil where there is.
    func spoils(_ item: CheckItem, _ findings: [Finding]) -> String? {
        guard findings.verdict == .fail else { return nil }
        switch item.check {
        case "memory": return "memory failed, so later findings would not be reliable"
        case "start": return "start failed, so there is no point to begin at"
        default: return nil
        }
    }

    /// Ids and titles, for the list.
    public static var list: [(subject: String, id: String, title: String)] {
        plugin.map { ("plugin", $0.id, $0.title) } + objective.map { ("objective", $0.id, $0.title) }
            + policy.map { ("policy", $0.id, $0.title) }
    }

    private static var ids: [String] { list.map(\.id) }
    /// These look at what others take for granted.
    private static let first: Set = ["entry", "tables", "schema"]

    static var plugin: [Check<PluginSubject>] { [.entry] }
    static var objective: [Check<ObjectiveSubject>] {
        [
            .tables, .schema, .memory, .start, .sizes, .determinism, .valueOnly, .gradient, .curvature, .ray, .shards,
            .precision, .metrics, .blocks, .lowerBounds, .nonfinite, .threads, .state, .destroy, .manners, .leaks,
            .cost,
        ]
    }
    static var policy: [Check<PolicySubject>] {
        [
            .tables, .schema, .memory, .steps, .nonfinite, .determinism, .reset, .directions, .state, .training,
            .destroy, .manners, .leaks, .cost,
        ]
    }

    private func add<Subject>(
        _ checks: [Check<Subject>], to name: String, _ subject: Subject,
        preparing: @escaping () throws(EosError) -> String? = { nil }
    ) {
        for check in checks {
            let run: () throws(EosError) -> [Finding] = { () throws(EosError) in
                if !Self.first.contains(check.id), let reason = try preparing() { return .skipped(reason) }
                return try check.run(subject)
            }
            entries.append(Entry(item: CheckItem(subject: name, check: check.id, title: check.title), run: run))
        }
    }

    /// Why an offer can't be looked at further; nil where it can.
    private static func prepare(_ subject: OfferSubject, _ make: () throws(EosError) -> Void) throws(EosError)
        -> String?
    {
        if let missing = try subject.missing() { return missing }
        do throws(EosError) { try make() } catch { return "can't be made (\(error.message)); see tables" }
        return nil
    }

    /// The offers that `spec` names: those alone are looked at, unless the user has chosen.
    private static func named(
        _ spec: CheckSpec, in offers: [Offer], narrowing: Bool
    ) throws(EosError) -> [Offer] {
        let named = offers.filter { offer in spec.part(offer.kind).map { offer.isCalled($0.name) } ?? false }
        guard !named.isEmpty else {
            let names = [
                spec.objective.map { "the objective \($0.name)" }, spec.policy.map { "the policy \($0.name)" },
            ]
            .compactMap { $0 }.joined(separator: " and ")
            throw EosError(
                EOS_E_CONFIG,
                "\(spec.file) names \(names.isEmpty ? "nothing" : names), but the plugin offers "
                    + offers.map(\.id).joined(separator: ", ") + "; give the spec of a run that uses it")
        }
        for offer in named {
            let keys = offer.schema.parameters.map(\.key)
            for key in try spec.part(offer.kind)!.values().keys where !keys.contains(key) {
                let near = nearest(to: key, in: keys).map { "; did you mean \($0)?" } ?? ""
                throw EosError(
                    EOS_E_CONFIG, "\(spec.file): [\(offer.kind.name)] \(offer.id) has no key \(key)\(near)")
            }
        }
        return narrowing ? named : offers
    }

    private static func chosen(_ offers: [Offer], _ objective: String?, _ policy: String?) throws(EosError) -> [Offer] {
        if objective == nil, policy == nil { return offers }
        var result: [Offer] = []
        for (kind, name) in [(Offer.Kind.objective, objective), (.policy, policy)] {
            guard let name else { continue }
            guard let offer = offers.first(where: { $0.kind == kind && $0.isCalled(name) }) else {
                let there = offers.filter { $0.kind == kind }.map(\.id).joined(separator: ", ")
                throw EosError(
                    EOS_E_NOT_FOUND,
                    "the plugin offers no \(kind.name) \(name)\(there.isEmpty ? "" : "; it offers \(there)")")
            }
            result.append(offer)
        }
        return result
    }
}
