import EosCore

/// A run as comma-separated values, a row an iterate.
///
/// `step` and `trials` are those of the search that starts at the row's iterate, so that `step_sharpness` is the
/// product eta_k lambda_1(H(w_k)) whose threshold is 2; the last iterate has none. What was not measured is empty.
public struct CSVExport {
    private let database: RunDatabase
    private let metrics: [String]
    private let eigenvalues: [String]

    public init(_ database: RunDatabase) throws(EosError) {
        self.database = database
        let names = try database.probeNames()
        let ordered = (try database.facts()["metrics"] ?? "").split(separator: ",").map(String.init)
        metrics = ordered + names.filter { !$0.hasPrefix("sharpness") && !ordered.contains($0) }
        eigenvalues = names.filter { $0.hasPrefix("sharpness.") }
    }

    public var header: String {
        let fixed = [
            "iteration", "loss", "gradient_norm", "step", "trials", "sharpness", "step_sharpness", "seconds",
        ]
        return (fixed + metrics + eigenvalues).joined(separator: ",")
    }

    /// Gives every row, without an end of line, in order.
    public func forEachRow(_ body: (String) throws -> Void) throws(EosError) {
        var previous: (IterateRecord, [ProbeRecord])?
        try database.forEachIterate { iterate, probes in
            if let previous { try body(row(previous.0, previous.1, next: iterate)) }
            previous = (iterate, probes)
        }
        guard let previous else { return }
        do { try body(row(previous.0, previous.1, next: nil)) } catch {
            throw error as? EosError ?? EosError.database(database.path, error)
        }
    }

    private func row(_ iterate: IterateRecord, _ probes: [ProbeRecord], next: IterateRecord?) -> String {
        func value(_ name: String) -> Double { probes.first { $0.name == name }?.value ?? .nan }
        let step = next.map { $0.iteration == iterate.iteration &+ 1 ? $0.step : .nan } ?? .nan
        let sharpness = value("sharpness")
        var cells = [String(iterate.iteration), cell(iterate.loss), cell(iterate.gradientNorm), cell(step)]
        cells.append(step.isNaN ? "" : String(next!.trials))
        cells += [cell(sharpness), cell(step * sharpness), cell(iterate.seconds)]
        cells += (metrics + eigenvalues).map { cell(value($0)) }
        return cells.joined(separator: ",")
    }

    private func cell(_ number: Double) -> String { number.isNaN ? "" : "\(number)" }
}
