import CEos
import EosCore
import EosForeign
import EosPluginHost
import Foundation

/// The kinds of files that can be found: plugins and manifests.
public enum PluginFile {
    /// Loads a file of either kind into this process.
    ///
    /// - Parameter library: told the file that a manifest calls, before that is loaded.
    public static func load(_ file: String, library: (String) -> Void = { _ in }) throws(Plugin.Refusal) -> any Maker {
        guard isManifest(file) else { return try Plugin.attempt(path: file) }
        throw Plugin.Refusal(error: EosError(EOS_E_UNSUPPORTED, "manifests are not supported yet"), isFinal: true)
    }

    /// The file that a manifest calls, absolute; nil for a plugin, and where the manifest leaves it to the loader to find
    /// the library.
    static func library(of file: String) throws(EosError) -> String? { nil }

    static func explanation(of maker: any Maker) -> String? { nil }

    /// By its name; other files of TOML, such as specs, lie beside manifests and are passed over.
    static func isManifest(_ file: String) -> Bool { file.hasSuffix(".toml") }

    /// Whether a file that was found is none of the two.
    static func isOther(_ file: String) -> Bool {
        guard isManifest(file) else { return false }
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(whereSeparator: \.isNewline) ?? []
        return !lines.contains { line in
            let words = line.split(separator: "=", maxSplits: 1)
            return words.count == 2 && words[0].split(separator: " ") == ["library"]
        }
    }
}
