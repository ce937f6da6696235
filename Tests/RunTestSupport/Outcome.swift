import EosRunModel
import EosRuns
import Foundation

/// What a run came to: everything that must be the same bits however often the run was cut off.
public struct Outcome: Equatable, Sendable {
    public var state: RunState?
    /// Every iterate with what was measured there, but for the seconds.
    public var rows: [[UInt64]] = []
    public var measurements: [String] = []
    /// The parameters and their gradient in the last checkpoint, by the name of the array.
    public var parameters: [String: [UInt8]] = [:]
    public var checkpoint: Int?

    public init(_ directory: RunDirectory) throws {
        let database = try RunDatabase.open(directory, readOnly: true)
        state = try database.lastState()?.state
        try database.forEachIterate { one, probes in
            rows.append(
                RunColumn.shown(in: .table).filter { $0 != .seconds }.map { (one[$0] ?? .nan).bitPattern })
            for probe in probes {
                measurements.append(
                    "\(probe.iteration) \(probe.name) \(probe.value?.bitPattern ?? 0) \(probe.residual?.bitPattern ?? 0) "
                        + "\(probe.converged)")
            }
        }
        let store = CheckpointStore(directory.checkpoints, keep: 1)
        checkpoint = try store.iterations().first
        guard let checkpoint else { return }
        let saved = try store.load(checkpoint)
        // What is the trainer's own holds times.
        for name in saved.names where name != "eos.trainer" {
            let layout = saved.layout(name)!
            parameters[name] = try saved.withTensor(name, layout.type) { Array($0) }
        }
    }

    /// In what two outcomes differ, in few words; empty: in nothing.
    public func differences(from other: Outcome) -> [String] {
        var found: [String] = []
        if state != other.state {
            found.append("states \(state.map(\.rawValue) ?? "-"), \(other.state.map(\.rawValue) ?? "-")")
        }
        if rows.count != other.rows.count { found.append("\(rows.count) rows, \(other.rows.count)") }
        if let first = zip(rows, other.rows).first(where: { $0 != $1 }) { found.append("rows \(first.0), \(first.1)") }
        if measurements != other.measurements {
            let (mine, others) = (Set(measurements), Set(other.measurements))
            found.append(
                "measurements \(mine.subtracting(others).sorted().prefix(3)), "
                    + "\(others.subtracting(mine).sorted().prefix(3))")
        }
        if checkpoint != other.checkpoint {
            found.append("last checkpoints \(checkpoint ?? -1), \(other.checkpoint ?? -1)")
        }
        let names = Set(parameters.keys).union(other.parameters.keys)
        found += names.filter { parameters[$0] != other.parameters[$0] }.sorted().map { "the array \($0)" }
        return found
    }

    /// Iterations that are missing, doubled or out of order; empty: all from 0 on are there once.
    public var gaps: [String] {
        rows.enumerated().filter { Double($0.offset).bitPattern != $0.element[0] }.prefix(3).map {
            "row \($0.offset) is of iteration \(Double(bitPattern: $0.element[0]))"
        }
    }
}

extension Outcome {
    /// What is wrong with the events of a run: their numbers have no gaps, and those of metrics cover every iteration
    /// once but for what a rewind took back.
    public static func faultsOfEvents(_ directory: RunDirectory, through last: Int) throws -> [String] {
        let events = try RunDatabase.open(directory, readOnly: true)
            .events(after: 0, limit: .max, of: directory.id)
        var faults: [String] = []
        var next = 0
        for (index, event) in events.enumerated() {
            if event.sequence != index + 1 { faults.append("event \(index + 1) has the number \(event.sequence)") }
            guard let data = try JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any] else {
                faults.append("event \(event.sequence) is no object")
                continue
            }
            switch event.kind {
            case .iterates:
                if data["first"] as? Int != next {
                    faults.append("event \(event.sequence) begins at \(data), not \(next)")
                }
                next = (data["last"] as? Int ?? -1) + 1
            case .rewind:
                let iteration = data["iteration"] as? Int ?? .max
                // Rows that no event had told of yet are taken back, too.
                next = min(next, iteration + 1)
            case .checkpoint:
                if data["iteration"] as? Int ?? .max >= next {
                    faults.append("a checkpoint at \(data) before its metrics")
                }
            case .state, .setting, .plugins, .removed: break
            }
        }
        if next != last + 1 { faults.append("the events end before iteration \(next), not after \(last)") }
        return Array(faults.prefix(5))
    }
}
