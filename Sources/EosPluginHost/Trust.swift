import CEos
import EosCore
import Glibc

/// Whether a file that is found on the search path may be run: a plugin is code that runs as the user.
///
/// A file is refused that someone else than root and the user could have written: by its owner, by its permissions, by
/// those of the directory where it lies, and of the directories above, where that one could be exchanged. Symbolic links
/// are resolved first. Files that the user names are none of this.
public struct Trust: Sendable {
    private let user: uid_t
    private let program: String?

    /// - Parameters:
    ///   - user: whose files are trusted, besides root's.
    ///   - program: the running program. Whoever could exchange one of the directories above it could exchange the
    ///     program as well, so that refusing these would protect nothing.
    public init(user: uid_t = geteuid(), program: String? = resolved("/proc/self/exe")) {
        self.user = user
        self.program = program
    }

    /// The path of a plugin, a manifest or a library, without links.
    ///
    /// - Throws: `EOS_E_IO` where it can't be looked at, `EOS_E_PLUGIN` where it is no regular file, or is refused: the
    ///   path, what is wrong with whose permissions, and the command that sets it right.
    public func check(file: String) throws(EosError) -> String {
        do throws(EosError) {
            let path = try real(file)
            // Whom a device belongs to, and who may write to it, is beside the point.
            if let fault = RegularFile.fault(path), case .kind = fault {
                throw EosError(EOS_E_PLUGIN, fault.sentence)
            }
            try check(path, isLink(file) ? .target : .file)
            try checkPlace(parent(path))
            return path
        } catch {
            throw error.within(file)
        }
    }

    /// The path of a directory of plugins, without links; on the terms of `check(file:)`.
    public func check(directory: String) throws(EosError) -> String {
        do throws(EosError) {
            let path = try real(directory)
            try checkPlace(path)
            return path
        } catch {
            throw error.within(directory)
        }
    }

    private enum Role { case file, target, directory, above }

    private func checkPlace(_ directory: String) throws(EosError) {
        try check(directory, .directory)
        var next = directory
        while next != "/" {
            next = parent(next)
            if let program, program.hasPrefix(next == "/" ? next : next + "/") { return }
            try check(next, .above)
        }
    }

    private func check(_ path: String, _ role: Role) throws(EosError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw EosError(EOS_E_IO, "\(path): \(String(cString: strerror(errno)))")
        }
        let what =
            switch role {
            case .file: "it is"
            case .target: "its target \(path) is"
            case .directory: "the directory \(path) is"
            case .above: "the directory \(path), above it, is"
            }
        guard status.st_uid == 0 || status.st_uid == user else {
            throw refusal(
                "\(what) owned by \(name(user: status.st_uid)), who is neither root nor \(name(user: user))",
                "if you trust it, run chown \(user) \(path)")
        }
        let permissions = String(status.st_mode & 0o7777, radix: 8)
        // In a sticky directory only the owner of an entry can take its name away, and the entries are checked, too.
        if role == .above, status.st_mode & S_ISVTX != 0 { return }
        if status.st_mode & S_IWOTH != 0 {
            throw refusal("\(what) writable by everyone (mode \(permissions))", "run chmod o-w \(path)")
        }
        if status.st_mode & S_IWGRP != 0, status.st_gid != 0, !isPrivate(status.st_gid) {
            throw refusal(
                "\(what) writable by the group \(name(group: status.st_gid)) (mode \(permissions))",
                "run chmod g-w \(path)"
            )
        }
    }

    /// Whether the user is the only one in a group: distributions that give everyone such a group have umask 002.
    private func isPrivate(_ group: gid_t) -> Bool {
        Self.database.withLock {
            guard let me = getpwuid(user), me.pointee.pw_gid == group else { return false }
            let myName = String(cString: me.pointee.pw_name)
            guard let entry = getgrgid(group) else { return false }
            var member = entry.pointee.gr_mem
            while let name = member?.pointee {
                if String(cString: name) != myName { return false }
                member = member?.successor()
            }
            // Those whose first group it is are listed nowhere else.
            setpwent()
            defer { endpwent() }
            while let other = getpwent() {
                if other.pointee.pw_gid == group, other.pointee.pw_uid != user { return false }
            }
            return true
        }
    }

    private func name(user: uid_t) -> String {
        Self.database.withLock { getpwuid(user).map { String(cString: $0.pointee.pw_name) } } ?? "user \(user)"
    }

    private func name(group: gid_t) -> String {
        Self.database.withLock { getgrgid(group).map { String(cString: $0.pointee.gr_name) } } ?? "\(group)"
    }

    /// The functions of the user database lend one static answer.
    private static let database = Lock()

    private func refusal(_ fault: String, _ remedy: String) -> EosError {
        EosError(EOS_E_PLUGIN, "is not trusted: \(fault); \(remedy)")
    }

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private func real(_ path: String) throws(EosError) -> String {
        guard let real = resolved(path) else { throw EosError(EOS_E_IO, String(cString: strerror(errno))) }
        return real
    }

    private func parent(_ path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return parts.isEmpty ? "/" : parts.map { "/\($0)" }.joined()
    }
}

/// Absolute, without links; nil where there is no such file, with the reason in errno.
public func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}
