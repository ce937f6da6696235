import CEos
import EosCore

/// What can be made: the policies of eos, and what plugins and manifests offer.
public struct Catalogue: Sendable {
    /// Gives the maker of a description: loads it where that has not been done.
    public typealias Loading = @Sendable () throws(EosError) -> any Maker

    public private(set) var plugins: [PluginDescription] = []
    public private(set) var objectives: [Offer] = []
    /// Those that eos brings along first.
    public private(set) var policies: [Offer] = Self.builtIn
    /// By the file of an offer.
    private var makers: [String: Loading] = [:]

    private static let builtIn = BuiltInPolicies.all.map { Offer(builtIn: $0) }

    public init() {}

    /// Takes in a plugin that is loaded; doing it again changes nothing.
    ///
    /// - Throws: `EOS_E_PLUGIN` where another file offers the same id.
    public mutating func add(_ plugin: some Maker) throws(EosError) {
        if plugins.contains(plugin.description) { return }
        try add(plugin.description) { plugin }
    }

    /// Takes in a plugin of which only the description is known: `load` is called when something of it is made.
    ///
    /// - Throws: `EOS_E_PLUGIN` where another file offers the same id.
    public mutating func add(_ plugin: PluginDescription, load: @escaping Loading) throws(EosError) {
        if let other = plugins.first(where: { $0.id == plugin.id }) {
            throw EosError(
                EOS_E_PLUGIN, "\(plugin.path): the plugin \(plugin.id) is already loaded from \(other.path)")
        }
        for offer in plugin.offers {
            if let other = offers(offer.kind).first(where: { $0.id == offer.id }) {
                throw EosError(
                    EOS_E_PLUGIN,
                    "\(plugin.path): the \(offer.kind.name) \(offer.id) is already offered by \(other.origin)")
            }
        }
        plugins.append(plugin)
        makers[plugin.path] = load
        objectives += plugin.objectives
        policies += plugin.policies
    }

    /// The plugin or manifest that offers it; nil for what eos brings along.
    public func plugin(of offer: Offer) -> PluginDescription? { plugins.first { $0.path == offer.file } }

    public func offers(_ kind: Offer.Kind) -> [Offer] { kind == .objective ? objectives : policies }

    /// Finds an objective or policy by its id or by its short name.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` for an unknown name, with the nearest one; `EOS_E_CONFIG` for a short name that two
    ///   plugins offer.
    public func find(_ kind: Offer.Kind, _ name: String) throws(EosError) -> Offer {
        let offers = offers(kind)
        if let exact = offers.first(where: { $0.id == name }) { return exact }
        let matches = offers.filter { $0.name == name }
        if matches.count > 1 {
            let places = matches.map { "\($0.id) (\($0.origin))" }.joined(separator: " and ")
            throw EosError(EOS_E_CONFIG, "the \(kind.name) \(name) is ambiguous: \(places); give the whole id")
        }
        if let match = matches.first { return match }
        var message = "unknown \(kind.name) \(name)"
        let names = offers.map(\.name)
        if let near = nearest(to: name, in: names + offers.map(\.id)) {
            message += "; did you mean \(near)?"
        } else if names.isEmpty {
            message += "; no plugin offers one; set EOS_PLUGIN_PATH to the directory of plugins or load one"
        } else {
            message += "; use one of \(names.joined(separator: ", "))"
        }
        throw EosError(EOS_E_NOT_FOUND, message)
    }

    /// Makes an objective from values for its keys; keys left out take their defaults.
    ///
    /// - Parameter host: what it calls; kept for as long as the objective.
    /// - Throws: what `find` and the check of the keys throw; the plugin's own sentence, after the short name.
    public func makeObjective(
        _ name: String, _ configuration: Configuration = Configuration(), host: Host
    ) throws(EosError) -> any Objective {
        let offer = try find(.objective, name)
        let values = try offer.resolve(configuration)
        let maker = try maker(of: offer)
        do throws(EosError) {
            let objective = try maker.makeObjective(offer, values, host: host)
            objective.id = offer.id
            return objective
        } catch {
            throw error.within(offer.name)
        }
    }

    /// Makes a policy, of a plugin or of eos itself, on the terms of `makeObjective`.
    public func makePolicy(
        _ name: String, _ configuration: Configuration = Configuration(), host: Host
    ) throws(EosError) -> any Policy {
        let offer = try find(.policy, name)
        guard offer.file != nil else { return try BuiltInPolicies.kind(offer.name)!.make(configuration) }
        let values = try offer.resolve(configuration)
        let maker = try maker(of: offer)
        do throws(EosError) {
            var policy = try maker.makePolicy(offer, values, host: host)
            policy.identity = PolicyIdentity(id: offer.id, values, schema: offer.schema)
            return policy
        } catch {
            throw error.within(offer.name)
        }
    }

    private func maker(of offer: Offer) throws(EosError) -> any Maker { try makers[offer.file!]!() }
}
