import ArgumentParser
import EosCore
import EosServer

/// What eosd is told on its command line.
struct Options: ParsableArguments {
    @Option(help: "Directory of the runs. The default is $XDG_STATE_HOME/eos, or /var/lib/eos for a system service.")
    var home: String?

    @Option(
        help: "Unix socket. The default is $XDG_RUNTIME_DIR/eos/eosd.sock, or /run/eos/eosd.sock for a system service.")
    var socket: String?

    @Option(help: "Group whose members may use the Unix socket, in addition to the user of eosd and root.")
    var group: String?

    @Option(help: ArgumentHelp("Also listen on TCP. Clients need the token.", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp("File with the token for TCP. Other users must not be able to read it.", valueName: "file"))
    var tokenFile: String?

    @Flag(
        help: "Allow --listen on addresses that other machines can reach. The connection is not encrypted: use a proxy."
    )
    var listenAnywhere = false

    @Option(
        help: ArgumentHelp(
            "Number of runs that train at the same time. The default is the number of processors.", valueName: "n"))
    var maxRuns: Int?

    @Option(
        help: ArgumentHelp(
            "Number of threads of all runs together. The default is the number of processors, or --max-runs if larger.",
            valueName: "n")
    )
    var maxThreads: Int?

    @Option(help: "What happens to runs when eosd ends. leave: they continue; pause: they are paused.")
    var onExit = OnExit.leave

    enum OnExit: String, ExpressibleByArgument, CaseIterable {
        case leave, pause
    }

    mutating func validate() throws {
        for (name, value) in [("--max-runs", maxRuns), ("--max-threads", maxThreads)] {
            if let value, !(1...10_000).contains(value) {
                throw ValidationError("\(name) is \(value); give 1 to 10000")
            }
        }
        if let listen, Self.address(listen) == nil {
            throw ValidationError(
                "--listen \(listen) is not an address; give HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")
        }
        if listen != nil, tokenFile == nil {
            throw ValidationError(
                "--listen \(listen!) needs a token; add --token-file FILE")
        }
        if listenAnywhere, listen == nil {
            throw ValidationError("--listen-anywhere needs --listen; add --listen HOST:PORT")
        }
    }

    /// "[::1]:80" is ("::1", 80).
    private static func address(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// For the daemon, with the defaults of this environment.
    func daemon() throws(EosError) -> Daemon.Options {
        let home: String = if let home = self.home { home } else { try Home.standard() }
        var options = Daemon.Options(home: home)
        options.socket = socket
        if let group { options.group = try UserGroup.number(group) }
        options.listen = listen.flatMap { Self.address($0) }
        options.token = tokenFile
        options.anywhere = listenAnywhere
        options.pausesOnExit = onExit == .pause
        return options
    }
}
