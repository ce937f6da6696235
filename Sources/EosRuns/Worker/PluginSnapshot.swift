import CEos
import EosCore
import EosDiscovery
import EosPluginHost
import Foundation

/// The plugins of a run as they were when it was submitted: in `plugins/` of its directory, so that a file that is
/// replaced changes no run, neither one that is going nor one that goes on later.
public struct PluginSnapshot: Sendable {
    /// Those that are loaded: not the library that a manifest calls.
    public let files: [String]

    /// What the directory has.
    ///
    /// - Throws: `EOS_E_IO` where it can't be read.
    public init(_ directory: RunDirectory) throws(EosError) {
        let place = PluginSearchPath.Directory(directory.plugins, origin: "the run")
        let all = try place.files()
        let libraries = Set(all.compactMap { PluginFile.library(of: $0) })
        files = all.filter { !libraries.contains($0) }
    }

    /// Loads them all.
    ///
    /// A plugin that finds libraries of its own by where it lies (`$ORIGIN`) can't be loaded from anywhere else: that one is
    /// loaded from where it was, if it still is the same.
    func load() throws(EosError) -> [any Maker] {
        var makers: [any Maker] = []
        for file in files {
            do throws(EosError) { makers.append(try PluginFile.load(file)) } catch {
                guard let origin = Self.unchangedOrigin(of: file) else { throw error }
                makers.append(try PluginFile.load(origin))
            }
        }
        return makers
    }

    /// The file that was kept as `file`; nil: it is another one by now, or gone.
    private static func unchangedOrigin(of file: String) -> String? {
        guard let path = FileManager.default.contents(atPath: file + originSuffix) else { return nil }
        let origin = String(decoding: path, as: UTF8.self)
        return FileManager.default.contentsEqual(atPath: origin, andPath: file) ? origin : nil
    }

    private static let originSuffix = ".origin"

    /// Keeps the files of `plugins` for a run: a copy of each, shared by all runs that have the same.
    ///
    /// - Parameter store: a directory on the same file system, for the copies by their content.
    public static func take(
        _ plugins: [PluginDescription], for directory: RunDirectory, store: PluginStore
    ) throws(EosError) {
        guard mkdir(directory.plugins, 0o755) == 0 || errno == EEXIST else {
            throw EosError.file(directory.plugins, errno)
        }
        for plugin in plugins {
            let library = PluginFile.library(of: plugin.path)
            // A manifest names its library relative to itself or by a path that stays.
            let beside = library.flatMap { directoryName($0) == directoryName(plugin.path) ? $0 : nil }
            for file in [plugin.path] + (beside.map { [$0] } ?? []) {
                let name = URL(filePath: file).lastPathComponent
                let kept = "\(directory.plugins)/\(name)"
                try store.link(file, as: kept)
                guard FileManager.default.createFile(atPath: kept + originSuffix, contents: Data(file.utf8)) else {
                    throw EosError.file(kept + originSuffix, errno)
                }
            }
        }
    }
}
