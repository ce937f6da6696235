import CEos
import EosCore
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
