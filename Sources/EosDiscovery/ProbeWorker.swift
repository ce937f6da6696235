import EosJSON
import EosPluginHost
import EosProcesses
import Foundation

/// The other side of `Prober`, in the process that may come to grief: `eos-worker --probe FILE`.
public enum ProbeWorker {
    public static let option = "--probe"

    /// Loads the file and says on descriptor 3 what it is. Returns never: what the file registered for the end of the
    /// process is not run.
    public static func run(file: String) -> Never {
        let channel = ResultChannel()
        report(on: file, channel)
        ProcessEnd.exit(0, isUsed: false)
    }

    private static func report(on file: String, _ channel: ResultChannel) {
        do throws(LoadedPlugin.Refusal) {
            let maker = try PluginFile.attempt(file) { library in channel.send(ProbeReport(library: library)) }
            var report = ProbeReport()
            report.description = maker.description
            report.explanation = PluginFile.explanation(of: maker)
            report.blas = BLASLibraries.loaded()
            channel.send(report)
        } catch {
            let refusal = ProbeReport.Refusal(
                status: error.error.status, message: error.error.message, isFinal: error.isFinal)
            channel.send(ProbeReport(refusal: refusal))
        }
    }
}

extension ResultChannel {
    fileprivate func send(_ report: ProbeReport) {
        // What can't be written is missed by the scanner, which then says so.
        if let line = try? JSONText(encoding: report).text { send(line.utf8) }
    }
}

/// What the worker writes of a file: lines of JSON, of which the last is complete.
struct ProbeReport: Codable, Sendable {
    /// Of a manifest, written before it is loaded: the scanner wants it where that ends the worker, too.
    var library: String?
    var description: PluginDescription?
    var refusal: Refusal?
    /// For people: what a manifest is turned into.
    var explanation: String?
    /// BLAS libraries that came along, with what they say of themselves.
    var blas: [String] = []

    struct Refusal: Codable, Sendable {
        let status: Int32
        /// Without the path.
        let message: String
        /// Whether the file itself is to blame.
        let isFinal: Bool
    }

    var isComplete: Bool { description != nil || refusal != nil }
}
