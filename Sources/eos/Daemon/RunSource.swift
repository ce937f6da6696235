import EosClient
import EosRunModel
import EosRuns

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
