import ArgumentParser
import EosClient
import EosCore
import Foundation

/// Where eosd is.
struct DaemonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Socket of eosd. The default is EOS_SOCKET, then the socket of the user, then that of the system.",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "Address of an eosd that accepts TCP connections. The default is EOS_HOST.", valueName: "host:port"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "File with the token for --host. The default is EOS_TOKEN or EOS_TOKEN_FILE.", valueName: "file"),
        completion: .file())
    var tokenFile: String?

    /// - Throws: for an address that is none. Nothing is connected yet.
    func client() throws(Failure) -> Client {
        let given = Address.Given(socket: socket, host: host, tokenFile: tokenFile)
        return try fromUser { () throws(EosError) in
            Client(try Address(given, environment: ProcessInfo.processInfo.environment))
        }
    }
}

/// Asks eosd: its refusals are mistakes of the user, everything else is a failure.
func fromDaemon<Result>(_ body: () throws(ClientError) -> Result) throws(Failure) -> Result {
    do throws(ClientError) { return try body() } catch { throw Failure(error) }
}

extension Failure {
    init(_ error: ClientError) {
        self.init(error.description, error.isMistake ? ExitStatus.mistake : ExitStatus.failure)
    }
}
