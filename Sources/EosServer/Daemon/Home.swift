import CEos
import EosCore
import Glibc

/// The directory of one eosd: its runs and its index. Held by a lock for as long as this value lives.
public final class Home: Sendable {
    /// Absolute.
    public let path: String
    private let lock: Int32

    /// Makes the directory, mode 0700, where it is not there.
    ///
    /// - Throws: `EOS_E_STATE` where another eosd has it; `EOS_E_INVALID` where others may write to it; `EOS_E_IO`.
    public init(_ path: String) throws(EosError) {
        self.path = try Self.absolute(path)
        try Directories.make(self.path)
        var status = stat()
        guard stat(self.path, &status) == 0 else { throw Directories.failure(self.path, errno) }
        guard status.st_mode & 0o002 == 0 else {
            throw EosError(
                EOS_E_INVALID, "--home \(self.path): every user may write to it; run chmod o-w \(self.path)")
        }
        let file = self.path + "/eosd.lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Directories.failure(file, errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw EosError(
                EOS_E_STATE, "--home \(self.path): another eosd uses this directory; stop it, or give another directory"
            )
        }
    }

    deinit { close(lock) }

    /// Where a daemon lives unless told otherwise.
    ///
    /// - Throws: where the environment does not say.
    public static func standard() throws(EosError) -> String {
        // Several directories have colons between them; the first one is ours.
        if let directory = environment("STATE_DIRECTORY")?.split(separator: ":").first { return String(directory) }
        if let directory = environment("XDG_STATE_HOME"), directory.hasPrefix("/") { return directory + "/eos" }
        if geteuid() == 0 { return "/var/lib/eos" }
        if let home = environment("HOME"), home.hasPrefix("/") { return home + "/.local/state/eos" }
        throw EosError(EOS_E_INVALID, "neither XDG_STATE_HOME nor HOME is set; give a directory with --home")
    }

    private static func absolute(_ path: String) throws(EosError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw EosError(EOS_E_INVALID, "--home \"\(path)\" is not a path; give a directory")
        }
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { throw Directories.failure(".", errno) }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }
}

/// Directories that only their owner may look into.
enum Directories {
    /// Makes a directory, and those above it, where they are not there.
    static func make(_ path: String, mode: mode_t = 0o700) throws(EosError) {
        var part = ""
        for name in path.split(separator: "/") {
            part += "/\(name)"
            guard mkdir(part, mode) != 0, errno != EEXIST else { continue }
            let reason = errno
            var status = stat()
            guard stat(part, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw failure(part, reason) }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw failure(path, ENOTDIR) }
    }

    static func failure(_ path: String, _ reason: Int32) -> EosError {
        EosError(
            EOS_E_IO, "\(path): \(String(cString: strerror(reason))); check its permissions, or give another directory")
    }
}
