import CEos
import EosCore
import EosDiscovery
import EosJSON
import EosPluginHost
import Foundation

/// The plugins of a run as they were when it began: copies in `plugins/` of its directory, so that a file that is
/// replaced or written over changes no run, neither one that is going nor one that goes on later or elsewhere.
///
/// Below `files/` each copy has the whole path of what it is a copy of: whatever one file finds by where it lies, its
/// copy finds, too. `plugins.json` says what there is; it is written last.
public struct PluginSnapshot: Sendable {
    /// A file, and the digest of its content.
    struct File: Codable, Sendable, Equatable {
        let file: String
        let digest: String
    }

    /// A plugin or a manifest.
    struct Kept: Codable, Sendable {
        /// As it was found; names the file that the copy is of.
        let plugin: PluginDescription
        let digest: String
        /// The file that a manifest calls; nil: it is a plugin, or the loader knows the library by its name.
        let library: String?
        /// What came along: the library of a manifest, and libraries that are found by $ORIGIN.
        let libraries: [File]

        var files: [File] { [File(file: plugin.path, digest: digest)] + libraries }
    }

    /// The directory `plugins` of a run, or what will become one.
    let place: String
    let kept: [Kept]

    /// Whether a run has plugins of its own.
    public static func exists(in directory: RunDirectory) -> Bool { access(index(directory.plugins), F_OK) == 0 }

    /// What the directory of a run has.
    ///
    /// - Throws: `EOS_E_FORMAT` where the list is damaged or can't be read.
    public init(_ directory: RunDirectory) throws(EosError) {
        place = directory.plugins
        let path = Self.index(place)
        let fault: String
        do throws(RegularFile.Fault) {
            let text = try RegularFile(path).readAll()
            do {
                kept = try JSONText(reading: text).decoded()
                return
            } catch { fault = "is damaged (\(error))" }
        } catch { fault = error.sentence }
        throw EosError(
            EOS_E_FORMAT, "\(path): the list of the run's plugins \(fault); \(Self.remedy(directory.path))")
    }

    /// What helps where the plugins of a run are not what they were.
    private static func remedy(_ run: String) -> String {
        "restore it from a copy of the run, or use the installed plugins with: eos train --resume \(run) "
            + "--force-plugin"
    }

    private var remedy: String { Self.remedy(directoryName(place)) }

    init(place: String, kept: [Kept]) throws(EosError) {
        self.place = place
        self.kept = kept
        let text: String
        do { text = try JSONText(encoding: kept).text } catch {
            throw EosError(EOS_E_IO, "\(place): the list of plugins can't be written: \(error)")
        }
        try FileOperations.system.replace(Self.index(place), with: text + "\n")
    }

    func copy(of file: String) -> String { Self.copy(of: file, in: place) }

    /// Refuses copies that are missing, and those that somebody else than the user or root could have written.
    ///
    /// - Throws: `EOS_E_FORMAT` for the first kind; `EOS_E_PLUGIN` with the reason and the command that sets it right for
    ///   the second.
    func check(_ trust: Trust) throws(EosError) {
        for file in kept.flatMap(\.files) {
            try requireCopy(of: file)
            _ = try trust.check(file: copy(of: file.file))
        }
    }

    private func requireCopy(of file: File) throws(EosError) {
        let copy = copy(of: file.file)
        guard let fault = RegularFile.fault(copy) else { return }
        let what = if case .system(ENOENT) = fault { "is missing" } else { fault.sentence }
        throw EosError(EOS_E_FORMAT, "\(copy): the run's copy of \(file.file) \(what); \(remedy)")
    }

    /// Loads one of them, if it still is what was kept.
    ///
    /// Where the copy can't be loaded, as on a file system that allows no code, the file that it was made of is, if that
    /// is the same still.
    func load(_ kept: Kept) throws(EosError) -> any Maker {
        for file in kept.files {
            let copy = copy(of: file.file)
            try requireCopy(of: file)
            let digest = try WholeFile.digest(copy)
            guard digest == file.digest else {
                throw EosError(
                    EOS_E_PLUGIN,
                    "\(copy): its content has changed (digest \(digest), recorded "
                        + "\(file.digest)); \(remedy)")
            }
        }
        let maker: any Maker
        do throws(EosError) {
            maker = try PluginFile.load(
                copy: copy(of: kept.plugin.path), of: kept.plugin.path,
                library: kept.library.map { copy(of: $0) } ?? kept.plugin.library)
        } catch {
            let isUnchanged = kept.files.allSatisfy { file in
                (try? WholeFile.digest(file.file)) == file.digest
            }
            guard isUnchanged else { throw error }
            maker = try PluginFile.load(kept.plugin.path)
        }
        guard maker.description.id == kept.plugin.id, maker.description.offers == kept.plugin.offers else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(kept.plugin.path): the file was replaced by a plugin that offers other objectives or policies; "
                    + "start a new run to use it"
            )
        }
        return maker
    }

    /// Of the copies whose originals are other files by now, or gone: these.
    public var replacedFiles: [String] {
        kept.flatMap(\.files).filter { file in
            (try? WholeFile.digest(file.file)) != file.digest
        }.map(\.file)
    }

    static func copy(of file: String, in place: String) -> String { "\(place)/files\(file)" }

    private static func index(_ place: String) -> String { place + "/plugins.json" }
}
