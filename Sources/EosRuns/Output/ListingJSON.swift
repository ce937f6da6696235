import EosCore
import EosData
import EosDiscovery
import EosJSON
import EosPluginHost

/// What there is to train with, as programs read it: `eos plugins --json`, `eos policies --json` and the daemon.
extension Findings {
    /// - Parameters:
    ///   - path: where was looked.
    ///   - data: whether to list the keys of data sets as well.
    public func json(path: PluginSearchPath, data: Bool = false) -> JSONText {
        var members: [(String, JSONText)] = [
            ("plugins", .array(found.map { .object($0.plugin.members + $0.probe.printed) })),
            (
                "shadowed",
                .array(
                    shadowed.map {
                        ["file": .string($0.plugin.path), "id": .string($0.plugin.id), "by": .string($0.by.path)]
                    })
            ),
            ("refused", .array(refused.map(\.json))),
            (
                "directories",
                .array(path.directories.map { ["path": .string($0.path), "origin": .string($0.origin)] })
            ),
        ]
        if data { members.append(("data", DataSchema.schema.json)) }
        return .object(members)
    }

    /// The policies of eos, then those that were found.
    public var policies: JSONText { .array(catalogue.policies.map { $0.json(schema: $0.schema) }) }
}

extension Findings.Refusal {
    fileprivate var json: JSONText {
        // The sentence with the path in it, as people see it.
        let facts = probe.facts.filter { $0.0 != "reason" }
        return .object(
            [("file", .string(path)), ("reason", .string(error.message))] + facts
                + (probe?.printed ?? [("stdout", .array([])), ("stderr", .array([]))]))
    }
}

extension PluginDescription {
    public var members: [(String, JSONText)] {
        [
            ("id", .string(id)), ("version", .string(version)), ("file", .string(path)),
            ("library", library.map { .string($0) } ?? .null), ("licence", .string(licence)),
            ("toolchain", toolchain.map { .string($0) } ?? .null),
            ("abi", abi.map { .string("\($0)") } ?? .null),
            ("objectives", .array(objectives.map { $0.json(schema: $0.ownSchema) })),
            ("policies", .array(policies.map { $0.json(schema: $0.ownSchema) })),
        ]
    }
}

extension Probe {
    /// The word of `--json`.
    public var kind: String {
        switch outcome {
        case .described: "described"
        case .refused: "refused"
        case .exited: "exited"
        case .signalled: "signalled"
        case .timedOut: "timed_out"
        }
    }

    /// The first lines that the file printed.
    public var printed: [(String, JSONText)] {
        [
            ("stdout", .array(output.lines(5).map { .string($0) })),
            ("stderr", .array(error.lines(5).map { .string($0) })),
        ]
    }
}

extension Probe? {
    /// How it ended. Of a file that was not looked into: nothing but nulls.
    public var facts: [(String, JSONText)] {
        var status = JSONText.null
        if case .exited(let number)? = self?.outcome { status = .integer(Int(number)) }
        return [
            ("outcome", self.map { .string($0.kind) } ?? .null),
            ("reason", self?.refusal.map { .string($0.message) } ?? .null),
            ("signal", self?.signal.map { .string($0.name) } ?? .null), ("status", status),
        ]
    }
}

extension Offer {
    public func json(schema: Schema) -> JSONText {
        [
            "name": .string(name), "id": .string(id), "title": .string(title),
            "source": source.map { .string($0) } ?? .null, "file": file.map { .string($0) } ?? .null,
            "uses_data": .bool(usesData), "parameters": schema.json,
        ]
    }
}

extension Schema {
    public var json: JSONText { .array(parameters.map(\.json)) }
}

extension Parameter {
    fileprivate var json: JSONText {
        var members: [(String, JSONText)] = [("key", .string(key)), ("type", .string("\(kind)"))]
        members.append(("default", defaultText.map { .string($0) } ?? .null))
        if let range {
            members.append(("minimum", .number(range.lowerBound)))
            members.append(("maximum", .number(range.upperBound)))
        }
        if let unit { members.append(("unit", .string(unit))) }
        if !choices.isEmpty { members.append(("choices", .array(choices.map { .string($0) }))) }
        members.append(("required", .bool(flags.contains(.required))))
        members.append(("auto", .bool(flags.contains(.auto))))
        members.append(("live", .bool(flags.contains(.live))))
        members.append(("text", .string(text)))
        return .object(members)
    }
}
