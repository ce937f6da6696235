import EosCore
import EosData
import EosPluginHost

/// What all checks know: the file, loaded, and the host that its objects are made with.
public final class PluginSubject {
    /// nil for a manifest, which has no tables of its own.
    let plugin: LoadedPlugin?
    let maker: any Maker
    let settings: Settings
    let host: Host
    /// What loading changed in the process.
    let loading: [String]
    /// Says what is going on, so that a check that ends the process can be told where.
    let note: (String) -> Void

    public init(
        _ maker: any Maker, _ settings: Settings, loading: [String] = [], note: @escaping (String) -> Void = { _ in }
    ) {
        self.maker = maker
        plugin = maker as? LoadedPlugin
        self.settings = settings
        self.loading = loading
        self.note = note
        host = Host(dataDirectories: settings.directories, scope: .process)
        // Before a check lowers the limits that it is taken from.
        _ = Memory.limit
        // The pool's threads are no plugin's.
        host.table.pointee.parallel(host.table, Int64(host.threads), { _, _ in }, nil)
    }

    /// The values that were given for keys of `offer`, without those of its siblings.
    func values(for offer: Offer) throws(EosError) -> Configuration {
        var values = Configuration()
        if let part = settings.spec?.part(offer.kind), offer.isCalled(part.name) { values = try part.values() }
        let keys = Set(offer.schema.parameters.map(\.key))
        for key in settings.values.keys where keys.contains(key) { values[key] = settings.values[key] }
        return values
    }

    /// What must be given before `offer` can be made; nil where nothing is missing.
    func missing(_ offer: Offer) throws(EosError) -> String? {
        let values = try values(for: offer)
        let keys = offer.schema.parameters.filter { $0.flags.contains(.required) && values[$0.key] == nil }.map(\.key)
        if keys.isEmpty { return nil }
        return "\(keys.joined(separator: ", ")) \(keys.count == 1 ? "is" : "are") required; give "
            + keys.map { "--set \($0)=..." }.joined(separator: " ") + ", or --spec FILE with the spec of a run"
    }

    /// Whether `offer` takes data and none is given.
    func lacksData(_ offer: Offer) throws(EosError) -> Bool {
        let sources = ["data.file", "data.generator"]
        let values = try values(for: offer)
        return offer.schema.parameters.contains { sources.contains($0.key) } && sources.allSatisfy { values[$0] == nil }
    }
}

extension Offer {
    /// By its id or the last part of it.
    func isCalled(_ name: String) -> Bool { id == name || self.name == name }
}

/// One offer of a plugin.
public class OfferSubject {
    let parent: PluginSubject
    let offer: Offer
    /// False once it gave different bits for the same input: then there is nothing to compare them with.
    var isSteady = true

    init(_ parent: PluginSubject, _ offer: Offer) {
        self.parent = parent
        self.offer = offer
    }

    var host: Host { parent.host }
    /// Whether half of a check's time has passed since `start`: what only adds certainty is left out then.
    func isLate(since start: Double) -> Bool { monotonicTime() - start > limit / 2 }
    var limit: Double { parent.settings.limit }
    var name: String { "\(offer.kind.name) \(offer.id)" }

    /// What the user must give before anything can be looked at; nil where nothing is missing. Some objectives that take
    /// data do without: whether this one does shows when it is made.
    func missing() throws(EosError) -> String? {
        if case .some(let reason) = known { return reason }
        var reason = try parent.missing(offer)
        if reason == nil, offer.kind == .objective, try parent.lacksData(offer) {
            parent.note("making one without data")
            do throws(EosError) { _ = try parent.maker.makeObjective(offer, try resolved(), host: host) } catch {
                if error.message.contains(DataSchema.noneGiven) {
                    reason = "\(DataSchema.noneGiven), by --set or by --spec FILE with the spec of a run"
                }
            }
            parent.note("")
        }
        known = .some(reason)
        return reason
    }

    /// Once it was asked for.
    private var known: String??

    /// Values for all keys: those given, with `changes`, and defaults.
    func resolved(_ changes: (String, Value)...) throws(EosError) -> Configuration {
        var values = try parent.values(for: offer)
        for (key, value) in changes { values[key] = value }
        return try offer.resolve(values)
    }
}

/// An objective that a plugin offers.
public final class ObjectiveSubject: OfferSubject {
    func make(_ changes: (String, Value)...) throws(EosError) -> Instance {
        var values = try parent.values(for: offer)
        for (key, value) in changes { values[key] = value }
        let objective = try parent.maker.makeObjective(offer, try offer.resolve(values), host: host)
        return Instance(objective, isSteady: isSteady)
    }
}

/// A policy that a plugin offers.
public final class PolicySubject: OfferSubject {
    func make() throws(EosError) -> any Policy {
        try parent.maker.makePolicy(offer, try resolved(), host: host)
    }
}
