import ArgumentParser
import EosCore
import EosServer

/// What eosd is told on its command line.
struct Options: ParsableArguments {
    @Option(help: "Directory of the runs; default $XDG_STATE_HOME/eos, as a service of the system /var/lib/eos.")
    var home: String?

    @Option(help: "Path of the Unix socket; default $XDG_RUNTIME_DIR/eos/eosd.sock, as a service /run/eos/eosd.sock.")
    var socket: String?

    @Option(help: "Group whose members may use the Unix socket, besides the user of eosd and root.")
    var group: String?

    @Option(help: ArgumentHelp("Serve TCP, too, to those with the token.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("File with the token for TCP, which others may not read.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Allow --listen at addresses that other machines can reach. Nothing is encrypted: use a proxy.")
    var listenAnywhere = false

    @Option(help: ArgumentHelp("Runs at work at the same time; default: the processors.", valueName: "n"))
    var maxRuns: Int?

    @Option(
        help: ArgumentHelp("Threads that they have altogether; default: the processors, or --max-runs.", valueName: "n")
    )
    var maxThreads: Int?

    @Option(help: "What becomes of runs at work when eosd ends: leave (they go on) or pause.")
    var onExit = OnExit.leave

    enum OnExit: String, ExpressibleByArgument, CaseIterable {
        case leave, pause
    }

    mutating func validate() throws {
        for (name, value) in [("--max-runs", maxRuns), ("--max-threads", maxThreads)] {
            if let value, !(1...10_000).contains(value) {
                throw ValidationError("\(name) \(value): it must be 1 to 10000")
            }
        }
        if let listen, Self.address(listen) == nil {
            throw ValidationError("--listen \(listen): it must be HOST:PORT, as 127.0.0.1:8080 or [::1]:8080")
        }
        if listen != nil, tokenFile == nil {
            throw ValidationError(
                "--listen \(listen!): TCP is served to those with a token only; add --token-file FILE")
        }
        if listenAnywhere, listen == nil { throw ValidationError("--listen-anywhere: it goes with --listen HOST:PORT") }
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
