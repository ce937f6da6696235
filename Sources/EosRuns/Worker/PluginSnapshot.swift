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
                try store.link(file, as: "\(directory.plugins)/\(name)")
            }
        }
    }
}
