import CEos
import EosCore
import EosForeign
import EosPluginHost
import Foundation

/// The kinds of files that can be found: plugins and manifests.
public enum PluginFile {
    /// Loads a file of either kind into this process, which is one of eos.
    ///
    /// - Throws: the sentence, after the path.
    public static func load(_ file: String) throws(EosError) -> any Maker {
        do throws(LoadedPlugin.Refusal) { return try attempt(file) } catch { throw located(error.error, file) }
    }

    /// Loads a copy of a file of either kind; descriptions and messages name the file that it is a copy of.
    ///
    /// - Parameter library: what a manifest calls: the path of a copy, or the name that the loader knows.
    /// - Throws: the sentence, after the path.
    public static func load(copy: String, of file: String, library: String? = nil) throws(EosError) -> any Maker {
        guard isManifest(file) else { return try LoadedPlugin.load(path: copy, as: file, scope: .process) }
        let location = library.map { $0.contains("/") ? LibraryLocation.file($0) : .name($0) }
        return try ForeignLibrary.load(try Manifest.read(path: copy, as: file), from: location)
    }

    /// Loads a file; the error says whether trying again makes sense.
    ///
    /// - Parameter library: told the file that a manifest calls, before that is loaded.
    static func attempt(_ file: String, library: (String) -> Void = { _ in }) throws(LoadedPlugin.Refusal) -> any Maker
    {
        guard isManifest(file) else { return try LoadedPlugin.attempt(path: file, scope: .process) }
        let manifest: Manifest
        do throws(EosError) { manifest = try Manifest.read(path: file) } catch {
            throw LoadedPlugin.Refusal(error: error, isFinal: error.status == eos_status(EOS_E_CONFIG))
        }
        if let path = manifest.libraryFile { library(path) }
        // The library may be mended without the manifest, or be found where it was not.
        do throws(EosError) { return try ForeignLibrary.load(manifest) } catch {
            throw LoadedPlugin.Refusal(error: error, isFinal: false)
        }
    }

    /// What a manifest is turned into, for people; nil for a plugin.
    static func explanation(of maker: any Maker) -> String? { (maker as? ForeignLibrary)?.manifest.describeCalls() }

    /// The file that a manifest calls, absolute, without links; nil for a plugin, and where there is no such file: where
    /// the manifest can't be read, or leaves it to the loader to find the library.
    ///
    /// - Parameter origin: the file that `file` is a copy of, beside which the library lies; nil: it is no copy.
    public static func library(of file: String, from origin: String? = nil) -> String? {
        guard isManifest(file), let manifest = try? Manifest.read(path: file, as: origin) else { return nil }
        return manifest.libraryFile
    }

    static func isManifest(_ file: String) -> Bool { file.hasSuffix(".toml") }

    /// Whether a file that was found is none of the two: specs and other files of TOML lie beside manifests.
    static func isOther(_ file: String) -> Bool {
        guard isManifest(file) else { return false }
        // What can't be read is no file of somebody else's: it is refused with the reason.
        guard let bytes = try? RegularFile(file).read(atMost: Manifest.mostBytes) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return !text.split(whereSeparator: \.isNewline).contains { line in
            let words = line.split(separator: "=", maxSplits: 1)
            return words.count == 2 && words[0].allSatisfy { $0 == " " || $0.isLetter }
                && words[0].filter(\.isLetter) == "library"
                || ["[[objective]]", "[[policy]]"].contains { line.filter { !$0.isWhitespace }.hasPrefix($0) }
        }
    }

    /// The error after the path, which the sentences of manifests begin with, followed by a line.
    static func located(_ error: EosError, _ file: String, as shown: String? = nil) -> EosError {
        guard error.message.hasPrefix(file + ":") else { return error.within(shown ?? file) }
        return EosError(Int(error.status), (shown ?? file) + error.message.dropFirst(file.count))
    }
}

extension Manifest {
    fileprivate var libraryFile: String? {
        guard case .file(let path) = location else { return nil }
        return resolved(path)
    }
}
