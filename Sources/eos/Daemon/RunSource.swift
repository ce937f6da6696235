import EosClient
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// A run that can be looked at: one of eosd's, or a directory.
protocol RunSource {
    /// What messages call it: as it was given, or its id.
    var label: String { get }
    func report() throws(Failure) -> RunReport
    /// The spec with every default filled in.
    func spec() throws(Failure) -> String
    /// At most `limit` bytes of the log from `offset` on, and how many it has in all.
    func log(from offset: Int, limit: Int) throws(Failure) -> (text: [UInt8], size: Int)
    /// The lines of `eos export`, the header first, with their ends, in parts of any length, until `part` returns false.
    func export(_ part: @escaping @Sendable ([UInt8]) -> Bool) throws(Failure)
}

/// A run that eosd looks after.
struct DaemonRun: RunSource {
    let client: Client
    let id: String

    var label: String { id }

    func report() throws(Failure) -> RunReport {
        try fromDaemon { () throws(ClientError) in try client.report(of: id) }
    }

    func spec() throws(Failure) -> String {
        try fromDaemon { () throws(ClientError) in try client.spec(of: id) }
    }

    func log(from offset: Int, limit: Int) throws(Failure) -> (text: [UInt8], size: Int) {
        try fromDaemon { () throws(ClientError) in try client.log(of: id, from: offset, limit: limit) }
    }

    func export(_ part: @escaping @Sendable ([UInt8]) -> Bool) throws(Failure) {
        try fromDaemon { () throws(ClientError) in try client.stream(.get(Client.path(id) + "/iterates.csv"), part) }
    }
}

/// A run directory, with or without a daemon.
struct DirectoryRun: RunSource {
    let directory: RunDirectory
    let label: String

    init(_ path: String) throws(Failure) {
        label = path
        directory = try fromUser { () throws(EosError) in try RunDirectory.open(path) }
    }

    func report() throws(Failure) -> RunReport {
        try reading { () throws(EosError) in try RunReport.read(directory) }
    }

    func spec() throws(Failure) -> String {
        try reading { () throws(EosError) in try RunSpec.text(inFile: directory.spec) }
    }

    func log(from offset: Int, limit: Int) throws(Failure) -> (text: [UInt8], size: Int) {
        do throws(RegularFile.Fault) {
            let file = try RegularFile(directory.log)
            let start = offset < 0 ? max(file.size + offset, 0) : offset
            return (try file.read(atMost: limit, from: start), file.size)
        } catch {
            throw Failure("\(directory.log): \(error.sentence)", ExitStatus.failure)
        }
    }

    func export(_ part: @escaping @Sendable ([UInt8]) -> Bool) throws(Failure) {
        try reading { () throws(EosError) in
            let export = try CSVExport(try RunDatabase.open(directory, readOnly: true))
            var text = export.header + "\n"
            var isWanted = true
            try export.forEachRow { row in
                text += row
                text += "\n"
                guard isWanted, text.utf8.count > 1 << 16 else { return }
                isWanted = part(Array(text.utf8))
                text = ""
            }
            if isWanted { _ = part(Array(text.utf8)) }
        }
    }

    private func reading<Result>(_ body: () throws(EosError) -> Result) throws(Failure) -> Result {
        do throws(EosError) { return try body() } catch { throw Failure(error, ExitStatus.failure) }
    }
}

extension DirectoryRun {
    /// Asks the process that works on the run, and says how the run stands then.
    func ask(_ request: ControlRequest) throws(Failure) -> RunReport {
        _ = try fromUser { () throws(EosError) in
            do throws(EosError) { return try ControlClient(directory).ask(request) } catch {
                throw error.message.hasPrefix(directory.path) ? error : error.within(label)
            }
        }
        return try report()
    }
}
