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
            [Parameter("name", .string, "name of the run; by default the name of the file")]),
        Section(
            "objective",
            [
                Parameter(
                    "plugin", .string, flags: .required, "objective to minimise: its id or the last part of its id"),
                Parameter(
                    "seed", .integer, default: "0", range: 0...0x1p63,
                    "seed of the starting point and of all random numbers"),
            ]),
        Section("policy", [Parameter("name", .string, default: "nls", "policy; `eos policies` lists all policies")]),
        Section("stop", live: true, TrainerSettings.schema.under("stop").parameters),
        Section(
            "probes.sharpness", live: true,
            [
                Parameter(
                    "every", .integer, default: "100", range: 0...0x1p62, unit: "iterations",
                    "number of iterations between measurements of the sharpness; 0 means never"),
                Parameter("count", .integer, default: "1", range: 1...64, "number of leading eigenvalues to measure"),
                Parameter(
                    "tolerance", .number, default: "1e-3", range: 1e-12...1,
                    "largest residual of a converged eigenvalue, relative to the eigenvalue"),
            ]),
        Section(
            "probes.metrics", live: true,
            [
                Parameter(
                    "every", .integer, default: "100", range: 0...0x1p62, unit: "iterations",
                    "number of iterations between measurements of the metrics; 0 means only at the end")
            ]),
        Section(
            "telemetry", live: true,
            [
                Parameter(
                    "every", .integer, default: "1", range: 1...0x1p62, unit: "iterations",
                    "number of iterations between records; the first and the last iterate, those with a probe or a "
                        + "checkpoint, and the iterate after each of them are always recorded")
            ]),
        Section(
            "checkpoint", live: true,
            [
                Parameter(
                    "every_seconds", .number, default: "60", range: 0...1e9, unit: "s",
                    "time between checkpoints; 0 means only at the end"),
                Parameter(
                    "keep", .integer, default: "3", range: 1...1e6, "number of checkpoints to keep, the last ones"),
            ]),
        Section(
            "limits",
            [
                Parameter(
                    "memory", .integer, default: "0", range: 0...0x1p62, unit: "bytes",
                    "limit of the private memory of the worker; a run that exceeds it ends out_of_memory; 0 means no "
                        + "limit"
                ),
                Parameter(
                    "seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "limit of the wall time, including restarts; a run that exceeds it ends timed_out; 0 means no limit"
                ),
                Parameter(
                    "processor_seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "limit of the processor time of a worker; a run that exceeds it ends timed_out; 0 means no limit"),
                Parameter(
                    "evaluation_seconds", .number, default: "0", range: 0...1e12, unit: "s",
                    "limit of the time of one iteration; a run that exceeds it is stalled; 0 means no limit"),
                Parameter(
                    "on_stall", .string, default: "mark", choices: ["mark", "end"],
                    "what happens to a stalled run: it is only marked, or it ends timed_out"),
            ]),
        Section(
            "restart",
            [
                Parameter(
                    "limit", .integer, default: "3", range: 0...1e6,
                    "limit of restarts in a row after a lost worker, without a new checkpoint"),
                Parameter(
                    "delay", .number, default: "0.25", range: 0...1e6, unit: "s",
                    "delay before the first restart; it doubles with each restart in a row, up to 60 s"),
            ]),
        Section(
            "compute",
            [
                Parameter(
                    "threads", .integer, default: "0", range: 0...1024,
                    "number of threads; 0 means one for each processor"),
                Parameter(
                    "ranks", .integer, default: "1", range: 1...1,
                    "number of processes of the run; this version supports only 1"),
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
