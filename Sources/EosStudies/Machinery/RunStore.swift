import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation
import Synchronization

/// The run directories of a reproduction: makes those that are missing, and throws away those that belong to another
/// spec, another version of eos or another plugin.
final class RunStore: Sendable {
    private let output: OutputDirectory
    private let workbench: Workbench
    private let plugins: PluginStore
    private let digests = Mutex<[String: String]>([:])

    init(_ output: OutputDirectory, _ workbench: Workbench) throws(EosError) {
        self.output = output
        self.workbench = workbench
        plugins = try PluginStore(directory: output.plugins)
    }

    /// The complete spec of an experiment.
    func spec(_ key: String, _ text: String) throws(EosError) -> RunSpec {
        let spec = try RunSpec(
            text: text, file: key, directory: nil, name: key,
            overrides: ["compute.threads=1", "checkpoint.keep=1", "checkpoint.every_seconds=20"], catalogue: workbench)
        guard spec.telemetry.every == 1 else {
            throw EosError(
                EOS_E_INVALID,
                "\(key): telemetry.every is \(spec.telemetry.every), and results are read by the iteration; drop it, "
                    + "or make it a computation")
        }
        return spec
    }

    func path(_ key: String) -> String { "\(output.runs)/\(key)" }

    /// The directory of an experiment, if it is there and of this spec; nil: it has to be made.
    func find(_ key: String, _ spec: RunSpec) throws(EosError) -> RunDirectory? {
        guard let directory = try? RunDirectory.open(path(key)),
            let facts = try? RunDatabase.open(directory, readOnly: true).facts(),
            facts[RunExecution.stampFact] == (try stamp(spec))
        else { return nil }
        return directory
    }

    /// The same, made where it is missing.
    func prepare(_ key: String, _ spec: RunSpec) throws(EosError) -> RunDirectory {
        if let found = try find(key, spec) { return found }
        if FileManager.default.fileExists(atPath: path(key)) { try discard(key) }
        return try RunSession.queue(
            spec, from: workbench, facts: [(RunExecution.stampFact, try stamp(spec))], in: output.runs, as: key,
            store: plugins)
    }

    /// What belongs to something else; a worker that still is at it is told to end.
    private func discard(_ key: String) throws(EosError) {
        if let directory = try? RunDirectory.open(path(key)), RunLock.isHeld(directory) {
            _ = try? ControlClient(directory, patience: 5).ask(.ask(.stop))
            let deadline = monotonicTime() + 30
            while RunLock.isHeld(directory) {
                guard monotonicTime() < deadline else {
                    throw EosError(
                        EOS_E_STATE, "\(directory.path): a process is still training an earlier run; end it first")
                }
                usleep(50_000)
            }
        }
        do { try FileManager.default.removeItem(atPath: path(key)) } catch {
            throw EosError(EOS_E_IO, "\(path(key)): removing it failed (\(error.localizedDescription))")
        }
    }

    /// Of everything that a run depends on: its spec, eos, the plugins' files.
    private func stamp(_ spec: RunSpec) throws(EosError) -> String {
        var parts = [EOS_VERSION_STRING, spec.text]
        for plugin in workbench.plugins(of: spec) { parts.append(try digest(plugin.path)) }
        return Self.sum(Data(parts.joined(separator: "\n").utf8))
    }

    private func digest(_ file: String) throws(EosError) -> String {
        if let known = digests.withLock({ $0[file] }) { return known }
        var parts = CRC64()
        do throws(RegularFile.Fault) { try RegularFile(file).forEachPiece { parts.update($0) } } catch {
            throw EosError(EOS_E_IO, "\(file): the plugin \(error.sentence); check its permissions")
        }
        let sum = String(parts.value, radix: 16)
        digests.withLock { $0[file] = sum }
        return sum
    }

    private static func sum(_ data: Data) -> String {
        var sum = CRC64()
        data.withUnsafeBytes { sum.update($0) }
        return String(sum.value, radix: 16)
    }
}
