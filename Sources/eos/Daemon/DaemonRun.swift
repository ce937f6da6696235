import EosClient
import EosRuns

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
        try fromDaemon { () throws(ClientError) in try client.stream(.get(Client.path(id) + "/metrics.csv"), part) }
    }
}
