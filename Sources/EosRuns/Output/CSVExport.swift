import EosCore
import EosJSON
import EosRunModel

/// A run as comma-separated values, a row an iterate.
///
/// `step` and `trials` are those of the search that starts at the row's iterate, so that `step_sharpness` is the
/// product eta_k lambda_1(H(w_k)) whose threshold is 2; the last iterate has none. What was not measured is empty.
public struct CSVExport {
    private let database: RunDatabase
    private static let fixed = RunColumn.shown(in: .export)
    private let metrics: [String]
    private let eigenvalues: [String]

    public init(_ database: RunDatabase) throws(EosError) {
        self.database = database
        let names = try database.probeNames()
        let ordered = (try database.facts()["metrics"] ?? "").split(separator: ",").map(String.init)
        metrics = ordered + names.filter { !$0.hasPrefix("sharpness") && !ordered.contains($0) }
        eigenvalues = names.filter { $0.hasPrefix("sharpness.") }
    }

    public var columns: [String] {
        Self.fixed.map(\.name) + metrics + eigenvalues
    }

    public var header: String { columns.joined(separator: ",") }

    /// Gives every row, without an end of line, in order.
    public func forEachRow(_ body: (String) throws -> Void) throws(EosError) {
        var previous: (RunNumbers, [ProbeRecord])?
        try database.forEachIterate { iterate, probes in
            if let previous { try body(row(previous.0, previous.1, next: iterate)) }
            previous = (iterate, probes)
        }
        guard let previous else { return }
        do { try body(row(previous.0, previous.1, next: nil)) } catch {
            throw error as? EosError ?? EosError.database(database.path, error)
        }
    }

    /// At most `limit` rows of every `stride`-th iteration with `first` <= iteration <= `last`, as numbers: for those who
    /// read a run in parts while it goes on. What was not measured is null.
    public func rows(
        from first: Int, through last: Int = .max - 1, stride: Int = 1, limit: Int
    ) throws(EosError) -> [[JSONText]] {
        // The iterate after a row's own tells its step.
        let iterates = try database.iterates(
            from: first, through: last + 1, stride: stride, limit: stride == 1 ? limit + 1 : 2 * limit + 1)
        var rows: [[JSONText]] = []
        for (index, (iterate, probes)) in iterates.enumerated()
        where iterate.iteration % stride == 0 && iterate.iteration <= last && rows.count < limit {
            rows.append(values(iterate, probes, next: index + 1 < iterates.count ? iterates[index + 1].0 : nil))
        }
        return rows
    }

    /// A row of `rows` as `forEachRow` gives it.
    public static func line(_ row: [JSONText]) -> String {
        row.map { cell in
            switch cell {
            case .integer(let value): String(value)
            case .number(let value) where !value.isNaN: "\(value)"
            default: ""
            }
        }.joined(separator: ",")
    }

    private func row(_ iterate: RunNumbers, _ probes: [ProbeRecord], next: RunNumbers?) -> String {
        Self.line(values(iterate, probes, next: next))
    }

    private func values(_ iterate: RunNumbers, _ probes: [ProbeRecord], next: RunNumbers?) -> [JSONText] {
        func value(_ name: String) -> Double? { probes.first { $0.name == name }?.value }
        var row = iterate
        row[.sharpness] = value(ProbeRecord.sharpness(0))
        // What led to the next iterate begins at this one.
        let search = next.flatMap { $0.iteration == iterate.iteration &+ 1 && $0[.step] != nil ? $0 : nil }
        (row[.step], row[.trials]) = (search?[.step], search?[.trials])
        return Self.fixed.map { row[json: $0] }
            + (metrics + eigenvalues).map { name in value(name).map { .number($0) } ?? .null }
    }
}
