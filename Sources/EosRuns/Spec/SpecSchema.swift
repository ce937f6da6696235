import EosCore

/// The keys of a spec that belong to the run itself, by table; `[objective]` and `[policy]` take those of what they
/// name besides.
public enum SpecSchema {
    /// A table of the spec; "" is the part before the first table.
    public struct Section: Sendable {
        public let table: String
        public let schema: Schema

        /// - Parameter live: whether its keys may be set while the run is going.
        init(_ table: String, live: Bool = false, _ parameters: [Parameter]) {
            self.table = table
            self.schema = Schema(
                parameters.map { parameter in
                    var parameter = parameter
                    if live { parameter.flags.insert(.live) }
                    return parameter
                })
        }

        /// "[stop]" for messages.
        public var title: String { table.isEmpty ? "the spec" : "[\(table)]" }
    }

    public static let sections: [Section] = [
        Section(
            "",
            [Parameter("name", .string, "what the run is called; without it the name of the file")]),
        Section(
            "objective",
            [
                Parameter(
                    "plugin", .string, flags: .required, "objective to minimise, by its id or the last part of it"),
                Parameter(
                    "seed", .integer, default: "0", range: 0...0x1p63,
                    "seed of the starting point and of everything random"),
            ]),
        Section("policy", [Parameter("name", .string, default: "nls", "step-size policy (`eos policies` lists them)")]),
        Section("stop", live: true, TrainerSettings.schema.under("stop").parameters),
        Section(
            "probes.sharpness", live: true,
            [
                Parameter(
                    "every", .integer, default: "100", range: 0...0x1p62, unit: "iterations",
                    "iterations from one measurement of the sharpness to the next; 0: never"),
                Parameter("count", .integer, default: "1", range: 1...64, "leading eigenvalues to measure"),
                Parameter(
                    "tolerance", .number, default: "1e-3", range: 1e-12...1,
                    "residual of an eigenvalue, relative to it, at which it counts as converged"),
            ]),
        Section(
            "probes.metrics", live: true,
            [
                Parameter(
                    "every", .integer, default: "100", range: 0...0x1p62, unit: "iterations",
                    "iterations from one measurement of the objective's metrics to the next; 0: at the end only")
            ]),
        Section(
            "telemetry", live: true,
            [
                Parameter(
                    "every", .integer, default: "1", range: 1...0x1p62, unit: "iterations",
                    "iterations from one recorded iterate to the next; the first and the last one, those of a probe or "
                        + "a checkpoint, and the one after each, whose step started there, are recorded besides")
            ]),
        Section(
            "checkpoint", live: true,
            [
                Parameter(
                    "every_seconds", .number, default: "60", range: 0...1e9, unit: "s",
                    "time from one checkpoint to the next; 0: at the end only"),
                Parameter("keep", .integer, default: "3", range: 1...1e6, "how many of the last checkpoints stay"),
            ]),
        Section(
            "limits",
            [
                Parameter(
                    "memory", .integer, default: "0", range: 0...0x1p62, unit: "bytes",
                    "private memory that the worker may have; beyond it the run ends out_of_memory; 0: no limit"),
                Parameter(
                    "seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "wall time from the start, restarts included; beyond it the run ends timed_out; 0: no limit"),
                Parameter(
                    "processor_seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "processor time of a worker; beyond it the run ends timed_out; 0: no limit"),
                Parameter(
                    "evaluation_seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "time for an iteration; a run that takes longer is marked as stalled; 0: no limit"),
                Parameter(
                    "on_stall", .string, default: "mark", choices: ["mark", "end"],
                    "what becomes of a stalled run: only the mark, or it ends timed_out"),
            ]),
        Section(
            "restart",
            [
                Parameter(
                    "limit", .integer, default: "3", range: 0...1e6,
                    "restarts of a lost worker in a row without a new checkpoint"),
                Parameter(
                    "delay", .number, default: "0.25", range: 0...1e6, unit: "s",
                    "wait before the first restart; doubles with each one in a row, up to 60 s"),
            ]),
        Section(
            "compute",
            [
                Parameter(
                    "threads", .integer, default: "0", range: 0...1024, "threads of the run; 0: one a processor"),
                Parameter(
                    "ranks", .integer, default: "1", range: 1...1, "processes that share the run; this version has one"),
            ]),
    ]

    /// The parameter of a whole key, as "stop.loss"; nil: it is none of ours.
    static func parameter(_ key: String) -> Parameter? {
        for section in sections {
            let prefix = section.table.isEmpty ? "" : section.table + "."
            guard key.hasPrefix(prefix) else { continue }
            let own = key.dropFirst(prefix.count)
            if let parameter = section.schema.parameters.first(where: { $0.key == own }) { return parameter }
        }
        return nil
    }

    static func section(_ table: String) -> Section { sections.first { $0.table == table }! }

    /// Every key with its table: "stop.loss".
    static var wholeKeys: [String] {
        sections.flatMap { section in
            section.schema.parameters.map { section.table.isEmpty ? $0.key : "\(section.table).\($0.key)" }
        }
    }

    /// Whether a table of this name may stand in a spec: one of ours, one above it, or one of an objective or policy.
    static func allows(table: String) -> Bool {
        sections.contains { $0.table == table || $0.table.hasPrefix(table + ".") }
            || table.hasPrefix("objective.") || table.hasPrefix("policy.")
    }
}

extension Schema {
    /// The parameters under `table`, with `table.` taken off their keys.
    func under(_ table: String) -> Schema {
        Schema(
            parameters.compactMap { parameter in
                guard parameter.key.hasPrefix(table + ".") else { return nil }
                var inner = parameter
                inner.key = String(parameter.key.dropFirst(table.count + 1))
                return inner
            })
    }
}
