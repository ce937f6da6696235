import EosPluginHost
import Foundation

extension Workbench {
    /// Digests of the files of a plugin.
    func content(of plugin: PluginDescription) -> [(name: String, value: String)] {
        func text(_ files: [PluginSnapshot.File]) -> String {
            files.map { "\(URL(filePath: $0.file).lastPathComponent) \($0.digest)" }.joined(separator: ", ")
        }
        if let kept = snapshot?.kept.first(where: { $0.plugin == plugin }) {
            return [("digest", kept.digest), ("libraries", text(kept.libraries))]
        }
        let library = PluginSnapshot.library(of: plugin.path)
        let files = [plugin.path] + (library.map { [$0] } ?? []) + OriginLibraries.all(of: library ?? plugin.path)
        let read = files.compactMap { file in
            (try? WholeFile.digest(file)).map { PluginSnapshot.File(file: file, digest: $0) }
        }
        return [("digest", read.first?.digest ?? ""), ("libraries", text(Array(read.dropFirst())))]
    }
}
