import CEos
import EosCore
import EosPluginHost

/// How a plugin is looked at.
public struct Settings: Sendable {
    /// Values for keys of what is made.
    public var values: Configuration
    /// Seconds that a check may take; those that repeat calls stop in time.
    public var limit: Double
    /// Where relative names of data files are looked up.
    public var directories: [String]

    public init(values: Configuration = Configuration(), limit: Double = 10, directories: [String] = []) {
        self.values = values
        self.limit = limit
        self.directories = directories
    }
}

/// What all checks know: the file, loaded, and the host that its objects are made with.
public final class PluginSubject {
    /// nil for a manifest, which has no tables of its own.
    let plugin: Plugin?
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
        plugin = maker as? Plugin
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
    func values(for offer: Offer) -> Configuration {
        var values = Configuration()
        let keys = Set(offer.schema.parameters.map(\.key))
        for key in settings.values.keys where keys.contains(key) { values[key] = settings.values[key] }
        return values
    }

    /// What `--set` must name before `offer` can be made; nil where nothing is missing.
    func missing(_ offer: Offer) -> String? {
        let values = values(for: offer)
        let keys = offer.schema.parameters.filter { $0.flags.contains(.required) && values[$0.key] == nil }.map(\.key)
        if keys.isEmpty { return nil }
        return "\(keys.joined(separator: ", ")) \(keys.count == 1 ? "is" : "are") required: give "
            + keys.map { "--set \($0)=..." }.joined(separator: " ")
    }
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
    func isLate(since start: Double) -> Bool { now() - start > limit / 2 }
    var limit: Double { parent.settings.limit }
    var name: String { "\(offer.kind.name) \(offer.id)" }

    /// Values for all keys: those given, with `changes`, and defaults.
    func resolved(_ changes: (String, Value)...) throws(EosError) -> Configuration {
        var values = parent.values(for: offer)
        for (key, value) in changes { values[key] = value }
        return try offer.resolve(values)
    }
}

/// An objective that a plugin offers.
public final class ObjectiveSubject: OfferSubject {
    func make(_ changes: (String, Value)...) throws(EosError) -> Instance {
        var values = parent.values(for: offer)
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
