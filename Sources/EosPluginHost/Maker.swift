import EosCore

/// What makes the objectives and policies of a description: a plugin that was loaded, or the library of a manifest.
public protocol Maker: AnyObject, Sendable {
    var description: PluginDescription { get }

    /// - Parameters:
    ///   - offer: one of the description's.
    ///   - values: for all of its keys, checked, defaults filled in.
    ///   - host: what the objective calls; kept for as long as the objective.
    func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> Objective

    /// On the terms of `makeObjective`.
    func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy
}
