import CEos
import EosCore
import Glibc

/// Where a daemon listens unless told otherwise.
public enum SocketPath {
    /// - Throws: where the environment does not say.
    public static func standard() throws(EosError) -> String {
        if let directory = environment("RUNTIME_DIRECTORY")?.split(separator: ":").first {
            return directory + "/eosd.sock"
        }
        if let directory = environment("XDG_RUNTIME_DIR"), directory.hasPrefix("/") {
            return directory + "/eos/eosd.sock"
        }
        if geteuid() == 0 { return "/run/eos/eosd.sock" }
        throw EosError(EOS_E_INVALID, "XDG_RUNTIME_DIR is not set; give a path with --socket")
    }
}

/// A group of the system, by name or number.
public enum UserGroup {
    public static func number(_ name: String) throws(EosError) -> gid_t {
        if let number = gid_t(name) { return number }
        guard let group = getgrnam(name) else {
            throw EosError(EOS_E_INVALID, "--group \(name): there is no such group; list the groups with getent group")
        }
        return group.pointee.gr_gid
    }
}
