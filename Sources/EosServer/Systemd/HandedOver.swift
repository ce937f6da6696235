import CEos
import EosCore
import Glibc

/// Sockets that the service manager has opened for us (sd_listen_fds).
public enum HandedOver {
    /// The first descriptor that is handed over.
    private static let first: Int32 = 3

    /// Takes them from the environment, whose variables are then gone, so that no child takes them for its own.
    ///
    /// - Throws: where one is no socket to listen on.
    public static func sockets() throws(EosError) -> [ListeningSocket] {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        guard environment("LISTEN_PID").flatMap({ pid_t($0) }) == getpid(),
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), count > 0
        else { return [] }
        guard count <= 64 else {
            throw EosError(EOS_E_INVALID, "LISTEN_FDS is \(count); pass at most 64 sockets")
        }
        let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        var sockets: [ListeningSocket] = []
        for index in 0..<count {
            do throws(EosError) { sockets.append(try ListeningSocket.inherited(first + index)) } catch {
                let name = Int(index) < names.count ? " (\(names[Int(index)]))" : ""
                throw EosError(Int(error.status), "\(error.message)\(name); check the socket unit")
            }
        }
        return sockets
    }
}
