import EosCore
import EosJSON
import EosProcesses

/// Has files looked at by a process of its own for each.
struct Prober: Sendable {
    /// eos-worker.
    let worker: String
    /// For each file.
    let seconds: Double

    /// - Parameter file: absolute, without links.
    /// - Throws: where the worker itself can't be run.
    func probe(_ file: String) throws(EosError) -> Probe {
        let command = ChildCommand(worker, [ProbeWorker.option, file], limits: .init(seconds: seconds))
        let result = try command.run()
        let reports = result.results.bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONText(reading: $0).decoded(as: ProbeReport.self)
        }
        let report = reports.first(where: \.isComplete)
        return Probe(
            outcome: outcome(of: result, report), output: Probe.Text(result.output), error: Probe.Text(result.error),
            seconds: result.seconds, library: reports.compactMap(\.library).first, explanation: report?.explanation,
            blas: report?.blas ?? [])
    }

    private func outcome(of result: ChildResult, _ report: ProbeReport?) -> Probe.Outcome {
        switch result.ending {
        case .timedOut: return .timedOut(seconds: seconds)
        case .signalled(let signal): return .signalled(number: signal.number)
        case .exited(let status):
            // Without a report it was not the worker that ended the process; with another status, not it alone.
            guard status == 0, let report else { return .exited(status: status) }
            if let description = report.description { return .described(description) }
            let refusal = report.refusal!
            return .refused(status: refusal.status, message: refusal.message, isFinal: refusal.isFinal)
        }
    }
}
