import CEos
import EosCore
import EosData
import EosDiscovery
import EosPluginHost

/// Makes what specs name, from the plugins that were found and from what eos brings along. A plugin is loaded when
/// something of it is made, and no other.
public struct Workbench: Sendable {
    public let catalogue: Catalogue
    /// Where the plugins of a run are its own.
    public let snapshot: PluginSnapshot?
    /// Files of which nothing can be made.
    private let refused: [Findings.Refusal]

    /// Finds out what there is.
    public init(_ discovery: Discovery = Discovery()) { self.init(discovery.scan()) }

    public init(_ findings: Findings) {
        catalogue = findings.catalogue
        refused = findings.refused
        snapshot = nil
    }

    /// Makes what the plugins offer that were kept for a run, and nothing else. None is loaded before something of it is
    /// made.
    public init(_ snapshot: PluginSnapshot) throws(EosError) {
        var catalogue = Catalogue()
        for kept in snapshot.kept {
            try catalogue.add(kept.plugin) { () throws(EosError) in try snapshot.load(kept) }
        }
        self.catalogue = catalogue
        self.snapshot = snapshot
        refused = []
    }

    /// With the plugins of a run: its own, or what is installed where it has none or where these can't be trusted.
    ///
    /// - Parameter warn: hears why a run's own plugins are left alone.
    /// - Throws: `EOS_E_FORMAT` and `EOS_E_IO` where its own plugins are damaged.
    public static func ofRun(_ directory: RunDirectory, warn: (String) -> Void) throws(EosError) -> Workbench {
        guard PluginSnapshot.exists(in: directory) else { return Workbench() }
        let snapshot = try PluginSnapshot(directory)
        do { try snapshot.check(Trust()) } catch {
            guard error.status == eos_status(EOS_E_PLUGIN) else { throw error }
            warn("\(error); the installed plugins are used instead")
            return Workbench()
        }
        return try Workbench(snapshot)
    }

    /// A host with the threads that the spec asks for.
    ///
    /// - Parameters:
    ///   - threads: for a spec that leaves their number open; nil: one a processor.
    ///   - directories: where relative names of data files are looked up first.
    ///   - log: takes the lines that plugins log.
    public func makeHost(
        for spec: RunSpec, threads: Int? = nil, directories: [String] = [], log: PluginLog? = nil
    ) -> Host {
        let host = Host(
            threads: spec.compute.threads > 0 ? spec.compute.threads : threads ?? availableProcessors(),
            dataDirectories: directories, scope: .process)
        if let log { host.setLog { level, message in log.write(level, message) } }
        return host
    }

    /// Makes the objective, which reads its data and takes its memory now.
    public func makeObjective(for spec: RunSpec, host: Host) throws(EosError) -> any Objective {
        try catalogue.makeObjective(spec.plugin, spec.objective, host: host)
    }

    public func makePolicy(for spec: RunSpec, host: Host) throws(EosError) -> any Policy {
        try catalogue.makePolicy(spec.policyName, spec.policy, host: host)
    }

    /// The plugins that a run of `spec` needs, each once; what eos brings along needs none.
    public func plugins(of spec: RunSpec) -> [PluginDescription] {
        var plugins: [PluginDescription] = []
        for (kind, name) in [(Offer.Kind.objective, spec.plugin), (.policy, spec.policyName)] {
            guard let offer = try? catalogue.find(kind, name), let plugin = catalogue.plugin(of: offer),
                !plugins.contains(plugin)
            else { continue }
            plugins.append(plugin)
        }
        return plugins
    }

    /// What is recorded of the plugins that a run uses.
    public func facts(for spec: RunSpec) -> [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = []
        for (kind, name) in [(Offer.Kind.objective, spec.plugin), (.policy, spec.policyName)] {
            guard let offer = try? catalogue.find(kind, name) else { continue }
            facts.append((kind.name, offer.id))
            if let plugin = catalogue.plugin(of: offer) {
                facts.append(("\(kind.name).plugin", "\(plugin.id) \(plugin.version)"))
                facts.append(("\(kind.name).file", plugin.path))
                facts += content(of: plugin).map { ("\(kind.name).\($0)", $1) }
            }
        }
        return facts
    }

    /// Digests of the files of a plugin.
    func content(of plugin: PluginDescription) -> [(name: String, value: String)] {
        func text(_ files: [PluginSnapshot.File]) -> String {
            files.map { "\($0.file.split(separator: "/").last ?? "") \($0.digest)" }.joined(separator: ", ")
        }
        if let kept = snapshot?.kept.first(where: { $0.plugin == plugin }) {
            return [("digest", kept.digest), ("libraries", text(kept.libraries))]
        }
        let library = PluginSnapshot.library(of: plugin.path)
        let files = [plugin.path] + (library.map { [$0] } ?? []) + OriginLibraries.all(of: library ?? plugin.path)
        let read = files.compactMap { file in
            (try? WholeFile.digest(file)).map { PluginSnapshot.File(file: file, digest: $0) }
        }
        return [("digest", read.first?.digest ?? ""), ("libraries", text(Array(read.dropFirst())))]
    }
}

extension Workbench: SpecCatalogue {
    public func objective(_ name: String) throws(EosError) -> SpecTaker { try taker(.objective, name) }
    public func policy(_ name: String) throws(EosError) -> SpecTaker { try taker(.policy, name) }

    private func taker(_ kind: Offer.Kind, _ name: String) throws(EosError) -> SpecTaker {
        let offer: Offer
        do { offer = try catalogue.find(kind, name) } catch {
            // What is missing may be in a file that was refused: say so where there is one. A library beside a manifest
            // that is wrong is no plugin, and need not be one.
            let manifests = refused.filter { $0.path.hasSuffix(".toml") }
            let culprits = manifests + refused.filter { !$0.path.hasSuffix(".toml") }
            if let named = culprits.first(where: { stem(of: $0.path) == name }) {
                throw EosError(Int(error.status), "the \(kind.name) \(name) is not available: \(named.error)")
            }
            guard let first = culprits.first else { throw error }
            let others = culprits.count - 1
            throw EosError(
                Int(error.status),
                "\(error); refused: \(first.error)"
                    + (others > 0 ? " (and \(others) more, which `eos plugins` lists)" : ""))
        }
        return SpecTaker(offer.schema) { (values) throws(EosError) in
            if offer.usesData { try DataSchema.check(values) }
        }
    }
}
