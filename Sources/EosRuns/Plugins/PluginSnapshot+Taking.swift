import CEos
import EosCore
import EosDiscovery
import EosPluginHost
import EosRunModel
import Foundation

extension PluginSnapshot {
    /// Entries beside a plugin up to which links to them are made; a directory with more is not its own.
    private static let mostNeighbours = 100

    /// Keeps the plugins that a run of `spec` needs.
    ///
    /// - Parameter store: a directory on the same file system, for copies by their content that runs share; nil: the run
    ///   has copies of its own.
    @discardableResult public static func take(
        for spec: RunSpec, from workbench: Workbench, in directory: RunDirectory, store: PluginStore?
    ) throws(EosError) -> PluginSnapshot {
        try take(
            workbench.plugins(of: spec), besides: workbench.catalogue.plugins.map(\.path), in: directory.plugins,
            store: store)
    }

    /// - Parameters:
    ///   - others: plugins that may lie beside those that are kept, and are none of their business.
    ///   - place: is made.
    static func take(
        _ plugins: [PluginDescription], besides others: [String], in place: String, store: PluginStore?
    ) throws(EosError) -> PluginSnapshot {
        try makeDirectory(place)
        var digests: [String: String] = [:]
        func keep(_ file: String) throws(EosError) -> File {
            if let digest = digests[file] { return File(file: file, digest: digest) }
            let copy = copy(of: file, in: place)
            try makeDirectories(to: copy, from: place)
            let digest: String
            if let store {
                digest = try store.link(file, as: copy)
            } else {
                digest = try PluginCopy.make(of: file, to: copy).digest
            }
            digests[file] = digest
            return File(file: file, digest: digest)
        }
        var kept: [Kept] = []
        for plugin in plugins {
            let main = try keep(plugin.path)
            let library = Self.library(of: copy(of: plugin.path, in: place), from: plugin.path)
            var libraries: [File] = []
            if let library { libraries.append(try keep(library)) }
            let object = library ?? plugin.path
            for file in OriginLibraries.all(of: object, readFrom: copy(of: object, in: place)) {
                libraries.append(try keep(file))
            }
            kept.append(Kept(plugin: plugin, digest: main.digest, library: library, libraries: libraries))
        }
        for directory in Set(digests.keys.map(directoryName)) {
            try linkNeighbours(in: directory, besides: others + plugins.map(\.path), place)
        }
        return try PluginSnapshot(place: place, kept: kept)
    }

    /// The library of a manifest that is to be kept: those of the system are replaced by renames, and some look for others
    /// where they belong.
    ///
    /// - Parameter origin: the file that `file` is a copy of; nil: it is no copy.
    static func library(of file: String, from origin: String? = nil) -> String? {
        PluginFile.library(of: file, from: origin).flatMap { library in
            ["/usr/", "/lib"].contains { library.hasPrefix($0) } ? nil : library
        }
    }

    /// Files that a plugin or a library opens by where it lies are found through links: nobody knows which it needs.
    private static func linkNeighbours(
        in directory: String, besides others: [String], _ place: String
    ) throws(EosError) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { name in
            let path = "\(directory)/\(name)"
            return !name.hasPrefix(".") && !others.contains(path) && !isOfRuns(path) && !place.hasPrefix(path + "/")
        }
        guard names.count <= mostNeighbours else { return }
        for name in names {
            let copy = copy(of: "\(directory)/\(name)", in: place)
            // What was copied stays; a file that could not be linked is missed by the plugin, which says so.
            if symlink("\(directory)/\(name)", copy) != 0, errno != EEXIST { throw EosError.file(copy, errno) }
        }
    }

    private static func isOfRuns(_ path: String) -> Bool {
        path.hasSuffix("/runs") || access(path + "/spec.toml", F_OK) == 0
    }

    private static func makeDirectories(to file: String, from place: String) throws(EosError) {
        var directory = place
        for part in directoryName(file).dropFirst(place.count).split(separator: "/") {
            directory += "/\(part)"
            try makeDirectory(directory)
        }
    }

    private static func makeDirectory(_ path: String) throws(EosError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw EosError.file(path, errno) }
    }
}

/// Copies of plugins that belong to no run yet: a run's directory is made once its objective could be.
public final class StagedPlugins {
    public let snapshot: PluginSnapshot
    private let path: String
    private let lock: Int32
    private var isGone = false

    private static let prefix = ".eos-plugins-"
    private static var lockName: String { "/lock" }
    /// Seconds after which what nobody holds was left behind by a process that is gone.
    private static let patience = 60.0

    /// Copies the plugins that a run of `spec` needs.
    ///
    /// - Parameter target: where the run will be, so that they lie on its file system.
    public init(for spec: RunSpec, from workbench: Workbench, near target: String) throws(EosError) {
        let parent = RunDirectory.existingParent(of: target)
        Self.removeRemains(in: parent)
        path = "\(parent)/\(Self.prefix)\(UUID().uuidString)"
        // People know the place of the run.
        guard mkdir(path, 0o755) == 0 else { throw EosError.file(RunDirectory.absolute(target), errno) }
        lock = (try? openFile(path + Self.lockName, O_RDWR | O_CREAT)) ?? -1
        _ = flock(lock, LOCK_EX | LOCK_NB)
        do throws(EosError) {
            snapshot = try PluginSnapshot.take(
                workbench.plugins(of: spec), besides: workbench.catalogue.plugins.map(\.path), in: path, store: nil)
        } catch {
            close(lock)
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    deinit {
        close(lock)
        if !isGone { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Makes them the plugins of a run, in the place of those that it had.
    public func move(into directory: RunDirectory) throws(EosError) {
        unlink(path + Self.lockName)
        let old = "\(path)-old"
        if rename(directory.plugins, old) != 0, errno != ENOENT { throw EosError.file(directory.plugins, errno) }
        if rename(path, directory.plugins) == 0 {
            isGone = true
        } else {
            // Another file system is mounted there. What is loaded stays so, whatever becomes of its name.
            do { try FileManager.default.copyItem(atPath: path, toPath: directory.plugins) } catch {
                _ = rename(old, directory.plugins)
                throw EosError(
                    EOS_E_IO, "\(directory.plugins): the plugins can't be copied: \(error.localizedDescription)")
            }
        }
        try? FileManager.default.removeItem(atPath: old)
        try FileOperations.system.synchronise(directory: directory.path)
    }

    /// What processes left that ended before their runs began.
    private static func removeRemains(in parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0, unixTime() - Double(status.st_mtim.tv_sec) > patience else { continue }
            let lock = (try? openFile(path + lockName, O_RDONLY)) ?? -1
            defer { if lock >= 0 { close(lock) } }
            guard lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
