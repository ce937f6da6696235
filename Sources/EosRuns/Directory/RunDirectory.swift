import CEos
import EosCore
import EosTOML
import Foundation

/// The directory of one run: everything that is needed to show, resume, plot, copy or delete it.
public struct RunDirectory: Sendable, Equatable {
    /// Absolute.
    public let path: String

    public var id: String { URL(filePath: path).lastPathComponent }
    public var spec: String { path + "/spec.toml" }
    public var database: String { path + "/run.db" }
    public var log: String { path + "/log" }
    public var lock: String { path + "/worker.lock" }
    /// What ended the last worker, where that was a fatal signal.
    public var end: String { path + "/end" }
    /// The plugins of the run as they were when it began.
    public var plugins: String { path + "/plugins" }
    public var checkpoints: String { path + "/ckpt" }

    private init(path: String) { self.path = path }

    /// Makes the directory, which must not exist or be empty.
    ///
    /// - Throws: `EOS_E_INVALID` where something is there already; `EOS_E_IO` where it can't be made.
    public static func create(at path: String) throws(EosError) -> RunDirectory {
        let directory = RunDirectory(path: absolute(path))
        try makeParents(of: directory.path)
        if mkdir(directory.path, 0o755) != 0 {
            let reason = errno
            guard reason == EEXIST else { throw EosError.file(directory.path, reason) }
            guard let content = try? FileManager.default.contentsOfDirectory(atPath: directory.path), content.isEmpty
            else {
                throw EosError(
                    EOS_E_INVALID, "\(path): this path exists already; give a new directory, or continue with --resume")
            }
        }
        return try directory.withCheckpoints()
    }

    /// Makes `<parent>/<name>-<utc time>-<n>`, with the first n that is free.
    public static func create(in parent: String, name: String, at time: Date = Date()) throws(EosError) -> RunDirectory
    {
        let stem = stem(in: parent, name: name, at: time)
        try makeParents(of: stem)
        return try firstFree(stem, elsewise: "give a directory with --out") { path throws(EosError) in
            if mkdir(path, 0o755) == 0 { return true }
            guard errno == EEXIST else { throw EosError.file(path, errno) }
            return false
        }.withCheckpoints()
    }

    /// Gives the directory the name that it is to keep, `<parent>/<name>-<utc time>-<n>` with the first n that is free.
    func rename(in parent: String, name: String, at time: Date = Date()) throws(EosError) -> RunDirectory {
        let stem = Self.stem(in: parent, name: name, at: time)
        return try Self.firstFree(stem, elsewise: "try again in a second") { target throws(EosError) in
            if access(target, F_OK) == 0 { return false }
            // A directory takes the place of an empty one only: no other run is ever replaced.
            if Glibc.rename(path, target) == 0 { return true }
            guard errno == EEXIST || errno == ENOTEMPTY else { throw EosError.file(target, errno) }
            return false
        }
    }

    private static func stem(in parent: String, name: String, at time: Date) -> String {
        "\(absolute(parent))/\(fileName(name))-\(compact(time))"
    }

    private static func firstFree(
        _ stem: String, elsewise remedy: String, _ take: (String) throws(EosError) -> Bool
    ) throws(EosError) -> RunDirectory {
        for number in 1...10_000 where try take("\(stem)-\(number)") {
            return RunDirectory(path: "\(stem)-\(number)")
        }
        throw EosError(EOS_E_IO, "\(stem)-1 to -10000 all exist; \(remedy)")
    }

    private func withCheckpoints() throws(EosError) -> RunDirectory {
        guard mkdir(checkpoints, 0o755) == 0 else { throw EosError.file(checkpoints, errno) }
        return self
    }

    /// Gives the directory a name of the caller's.
    ///
    /// - Throws: `EOS_E_INVALID` where something is there already.
    func rename(in parent: String, to id: String) throws(EosError) -> RunDirectory {
        let target = "\(Self.absolute(parent))/\(id)"
        if Glibc.rename(path, target) == 0 { return RunDirectory(path: target) }
        guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR else { throw EosError.file(target, errno) }
        throw EosError(EOS_E_INVALID, "\(target): this path exists already; remove it")
    }

    /// The run in an existing directory.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` where there is none.
    public static func open(_ path: String) throws(EosError) -> RunDirectory {
        let directory = RunDirectory(path: absolute(path))
        guard isDirectory(directory.path) else {
            throw EosError(EOS_E_NOT_FOUND, "\(path): there is no such run directory; check the path")
        }
        // A run that has lost its records goes on from its checkpoints.
        for file in [directory.spec, directory.checkpoints] where access(file, F_OK) != 0 {
            throw EosError(
                EOS_E_NOT_FOUND,
                "\(path): this is not a run directory, because it has no \(URL(filePath: file).lastPathComponent); "
                    + "check the path"
            )
        }
        // Or whatever it is instead is waited for.
        if let fault = RegularFile.fault(directory.spec) { throw EosError.file(directory.spec, fault) }
        guard isDirectory(directory.checkpoints) else {
            throw EosError(
                EOS_E_IO,
                "\(directory.checkpoints): this is not a directory; restore the checkpoints from a copy of the run")
        }
        return directory
    }

    /// Whether a path names a run, for commands that take a spec or a run.
    public static func looksLikeRun(_ path: String) -> Bool { isDirectory(path) }

    /// Removes a directory that was just created and holds nothing worth keeping.
    public func discard() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func absolute(_ path: String) -> String {
        var path = URL(filePath: path).standardizedFileURL.absoluteURL.path(percentEncoded: false)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// The last directory on the way to `path` that is there.
    static func existingParent(of path: String) -> String {
        var parent = directoryName(absolute(path))
        while !isDirectory(parent), parent != "/" { parent = directoryName(parent) }
        return parent
    }

    private static func makeParents(of path: String) throws(EosError) {
        let parts = path.split(separator: "/").dropLast()
        var parent = ""
        for part in parts {
            parent += "/\(part)"
            if mkdir(parent, 0o755) != 0, errno != EEXIST, !isDirectory(parent) {
                throw EosError.file(parent, errno)
            }
        }
    }

    /// A name as part of a file name: what could surprise a shell becomes '-'.
    private static func fileName(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (Node.isKeyByte(UInt8(scalar.value)) || scalar == ".") ? Character(scalar) : "-"
        }
        let trimmed = String(safe.drop { $0 == "." || $0 == "-" }.prefix(80))
        return trimmed.isEmpty ? "run" : trimmed
    }

    /// "20260131T235959Z".
    private static func compact(_ time: Date) -> String {
        var seconds = time_t(time.timeIntervalSince1970)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
