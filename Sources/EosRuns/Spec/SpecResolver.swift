import CEos
import EosCore
import Foundation

/// What objectives and policies a spec can name.
public protocol SpecCatalogue {
    func objective(_ name: String) throws(EosError) -> SpecTaker
    func policy(_ name: String) throws(EosError) -> SpecTaker
}

/// What takes the keys of `[objective]` or `[policy]`.
public struct SpecTaker {
    public let schema: Schema
    /// Whether values that are each right go together; throws where they do not.
    public let check: (Configuration) throws(EosError) -> Void

    public init(_ schema: Schema, check: @escaping (Configuration) throws(EosError) -> Void = { _ in }) {
        self.schema = schema
        self.check = check
    }
}

extension RunSpec {
    /// Reads the spec in the file at `path`, with `overrides` (`key=value`) on top.
    ///
    /// Data files that lie beside the spec get their whole path, so that the spec means the same wherever it is moved;
    /// others are left to `EOS_DATA_DIR`.
    ///
    /// - Throws: `EOS_E_CONFIG` for everything wrong in it, with file and line; `EOS_E_NOT_FOUND` and `EOS_E_IO` where
    ///   the file can't be read; what `catalogue` throws for an objective or policy that it does not know.
    public init(
        path: String, overrides: [String] = [], catalogue: some SpecCatalogue
    ) throws(EosError) {
        let text = try FileText.read(path, called: "spec", fromAnything: true)
        try self.init(
            text: text, file: path, directory: URL(filePath: path).deletingLastPathComponent().path,
            name: URL(filePath: path).deletingPathExtension().lastPathComponent, overrides: overrides,
            catalogue: catalogue)
    }

    /// Reads the text of a spec, on the terms of `init(path:)`.
    ///
    /// - Parameters:
    ///   - file: what messages call it.
    ///   - directory: where data files are looked up that the spec names without a whole path; nil: nowhere.
    ///   - name: of the run, where the spec has none.
    public init(
        text: String, file: String, directory: String?, name: String, overrides: [String] = [],
        catalogue: some SpecCatalogue
    ) throws(EosError) {
        var document = try SpecDocument(text: text, file: file)
        for assignment in overrides { try document.override(assignment) }
        try self.init(
            SpecResolver(document: document, directory: directory.map { URL(filePath: $0) }), name: name, catalogue)
    }

    private init(
        _ resolver: SpecResolver, name stem: String, _ catalogue: some SpecCatalogue
    ) throws(EosError) {
        try resolver.refuseStrangers()
        var tables: [String: Configuration] = [:]
        for section in SpecSchema.sections { tables[section.table] = try resolver.own(section.table) }
        let (top, objective, policy) = (tables[""]!, tables["objective"]!, tables["policy"]!)
        name = try resolver.checkedName(top["name"] == nil ? stem : top.string("name"))
        tables[""]!["name"] = .string(name)
        self.tables = tables
        plugin = try objective.string("plugin")
        seed = UInt64(try objective.integer("seed"))
        policyName = try policy.string("name")
        let (sharpness, metrics) = (tables["probes.sharpness"]!, tables["probes.metrics"]!)
        probes = Probes(
            sharpnessEvery: Int(try sharpness.integer("every")), sharpnessCount: Int(try sharpness.integer("count")),
            sharpnessTolerance: try sharpness.number("tolerance"), metricsEvery: Int(try metrics.integer("every")))
        telemetry = Telemetry(every: Int(try tables["telemetry"]!.integer("every")))
        let checkpoint = tables["checkpoint"]!
        self.checkpoint = Checkpoint(
            everySeconds: try checkpoint.number("every_seconds"), keep: Int(try checkpoint.integer("keep")))
        limits = try Limits(tables["limits"]!)
        restart = try Restart(tables["restart"]!)
        compute = Compute(threads: Int(try tables["compute"]!.integer("threads")))
        self.objective = try resolver.foreign("objective", name: plugin, key: "plugin", catalogue.objective)
        self.policy = try resolver.foreign("policy", name: policyName, key: "name", catalogue.policy)
    }
}

extension RunSpec.Limits {
    fileprivate init(_ values: Configuration) throws(EosError) {
        self.init(
            memory: UInt64(try values.integer("memory")), seconds: try values.number("seconds"),
            processorSeconds: try values.number("processor_seconds"),
            evaluationSeconds: try values.number("evaluation_seconds"),
            endsStalled: try values.string("on_stall") == "end")
    }
}

extension RunSpec.Restart {
    fileprivate init(_ values: Configuration) throws(EosError) {
        self.init(limit: Int(try values.integer("limit")), delay: try values.number("delay"))
    }
}

/// What whoever looks after a run needs of its spec: known without the plugins.
public struct RunNeeds: Sendable {
    /// 0: whatever there is.
    public let threads: Int
    public let limits: RunSpec.Limits
    public let restart: RunSpec.Restart

    public init(_ spec: RunSpec) {
        threads = spec.compute.threads
        limits = spec.limits
        restart = spec.restart
    }

    /// - Throws: as reading the spec does, for these tables.
    public init(path: String) throws(EosError) {
        let text = try FileText.read(path, called: "spec")
        let resolver = SpecResolver(document: try SpecDocument(text: text, file: path), directory: nil)
        threads = Int(try resolver.own("compute").integer("threads"))
        limits = try RunSpec.Limits(resolver.own("limits"))
        restart = try RunSpec.Restart(resolver.own("restart"))
    }
}

/// Splits a document by tables and holds each against its schema.
private struct SpecResolver {
    let document: SpecDocument
    let directory: URL?

    /// Throws for a key or a table that belongs to nobody.
    func refuseStrangers() throws(EosError) {
        for table in document.tables where !SpecSchema.allows(table: table) { throw unknown(table, "table") }
        for key in document.values.keys where !isForeign(key) && !SpecSchema.wholeKeys.contains(key) {
            guard let dot = key.lastIndex(of: "."), SpecSchema.sections.contains(where: { $0.table == key[..<dot] })
            else { throw unknown(key, "key") }
        }
    }

    /// The table `table` of ours, with its defaults.
    func own(_ table: String) throws(EosError) -> Configuration {
        let section = SpecSchema.section(table)
        var given = Configuration()
        if table.isEmpty {
            for key in document.values.keys where !key.contains(".") { given[key] = document.values[key] }
        } else {
            for (key, value) in entries(table) where !isForeign("\(table).\(key)") { given[key] = value }
        }
        return try resolve(given, section.schema, owner: section.title, table: table)
    }

    /// The keys of what `[objective]` or `[policy]` names.
    func foreign(
        _ table: String, name: String, key nameKey: String,
        _ find: (String) throws(EosError) -> SpecTaker
    ) throws(EosError) -> Configuration {
        let taker: SpecTaker
        do { taker = try find(name) } catch {
            throw error.within("\(document.place(of: "\(table).\(nameKey)")): [\(table)] \(nameKey) = \"\(name)\"")
        }
        var given = Configuration()
        for (key, value) in entries(table) where isForeign("\(table).\(key)") {
            given[key] = Self.fileKeys.contains(key) ? wholePath(value) : value
        }
        let resolved = try resolve(given, taker.schema, owner: "[\(table)] \(name)", table: table)
        do { try taker.check(resolved) } catch {
            // The fault is in what was given, and the sentence starts with the key that is too much or missing.
            let key = given.keys.first { error.message.hasPrefix($0 + " ") }
            throw error.within("\(document.place(of: key.map { "\(table).\($0)" } ?? table)): [\(table)] \(name)")
        }
        return resolved
    }

    func checkedName(_ name: String) throws(EosError) -> String {
        guard !name.isEmpty, name.utf8.count <= 200, name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw EosError(
                EOS_E_CONFIG,
                "\(document.place(of: "name")): name is not valid; give 1 to 200 characters on one line")
        }
        return name
    }

    private static let fileKeys = ["data.file", "data.labels", "data.test_file", "data.test_labels"]

    private func wholePath(_ value: Value) -> Value {
        guard case .string(let path) = value, !path.isEmpty, !path.hasPrefix("/"), let directory else { return value }
        let beside = directory.appending(path: path).standardizedFileURL.absoluteURL.path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: beside) ? .string(beside) : value
    }

    private func isForeign(_ key: String) -> Bool {
        (key.hasPrefix("objective.") || key.hasPrefix("policy.")) && !SpecSchema.wholeKeys.contains(key)
    }

    private func entries(_ table: String) -> [(String, Value)] {
        document.values.keys.compactMap { key in
            guard key.hasPrefix(table + ".") else { return nil }
            return (String(key.dropFirst(table.count + 1)), document.values[key]!)
        }
    }

    /// Holds each key against the schema by itself first, because only so the line of a fault is known.
    private func resolve(
        _ given: Configuration, _ schema: Schema, owner: String, table: String
    ) throws(EosError) -> Configuration {
        let lenient = Schema(
            schema.parameters.map { parameter in
                var optional = parameter
                optional.flags.remove(.required)
                return optional
            })
        for key in given.keys {
            var single = Configuration()
            single[key] = given[key]
            do { _ = try lenient.resolve(single, for: owner) } catch {
                throw error.within(document.place(of: table.isEmpty ? key : "\(table).\(key)"))
            }
        }
        do { return try schema.resolve(given, for: owner) } catch {
            throw error.within(document.place(of: table))
        }
    }

    private func unknown(_ name: String, _ what: String) -> EosError {
        let known = SpecSchema.wholeKeys + SpecSchema.sections.map(\.table).filter { !$0.isEmpty }
        let all =
            "use name or one of the tables objective, policy, stop, probes, telemetry, checkpoint, limits, restart and "
            + "compute"
        let hint =
            if known.contains(name) { "it is a table, so set its keys: \(name).KEY = VALUE" } else {
                nearest(to: name, in: known).map { "did you mean \($0)?" } ?? all
            }
        return EosError(EOS_E_CONFIG, "\(document.place(of: name)): unknown \(what) \(name); \(hint)")
    }
}
