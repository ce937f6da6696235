import EosCore
/// What is known of a plugin, or of a manifest, without loading it: enough to list it and to check a spec.
public struct PluginDescription: Sendable, Hashable, Codable {
    /// The version of the header that a plugin was built with.
    public struct ABI: Sendable, Hashable, Codable, CustomStringConvertible {
        public let major: Int
        public let minor: Int

        public init(_ major: Int, _ minor: Int) {
            self.major = major
            self.minor = minor
        }

        public var description: String { "\(major).\(minor)" }
    }

    /// The plugin or the manifest: absolute, without links.
    public let path: String
    /// "org.example.models".
    public let id: String
    public let version: String
    /// SPDX expression.
    public let licence: String
    /// What built it; nil where it does not say.
    public let toolchain: String?
    /// nil for a manifest.
    public let abi: ABI?
    /// What a manifest calls: a path or the name that the loader knows; nil for a plugin.
    public let library: String?
    /// Objectives first, in the plugin's own order.
    public let offers: [Offer]

    public init(
        path: String, id: String, version: String, licence: String, toolchain: String? = nil, abi: ABI? = nil,
        library: String? = nil, offers: [Offer]
    ) {
        self.path = path
        self.id = id
        self.version = version
        self.licence = licence
        self.toolchain = toolchain
        self.abi = abi
        self.library = library
        self.offers = offers
    }

    public var objectives: [Offer] { offers.filter { $0.kind == .objective } }
    public var policies: [Offer] { offers.filter { $0.kind == .policy } }
}

/// What makes the objectives and policies of a description: a plugin that was loaded, or the library of a manifest.
public protocol Maker: AnyObject, Sendable {
    var description: PluginDescription { get }

    /// - Parameters:
    ///   - offer: one of the description's.
    ///   - values: for all of its keys, checked, defaults filled in.
    ///   - host: what the objective calls; kept for as long as the objective.
    func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Objective

    /// On the terms of `makeObjective`.
    func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy
}
