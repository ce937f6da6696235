import CEos
import EosCore
import EosJSON
import Foundation

/// Where a reproduction keeps everything: `runs/`, `results/`, `tables/`, `figures/`, `report.md`.
///
/// A file in it says what it belongs to. One process works in it at a time.
package final class OutputDirectory: Sendable {
    /// Absolute.
    let path: String
    private let lock: Int32

    var runs: String { path + "/runs" }
    var results: String { path + "/results" }
    var plugins: String { path + "/plugins" }
    var tables: String { path + "/tables" }
    var figures: String { path + "/figures" }
    var report: String { path + "/report.md" }

    private static let marker = "reproduction.json"

    /// Makes it, or takes up the one that is there.
    ///
    /// - Throws: `EOS_E_INVALID` where something else is there; `EOS_E_STATE` where another process works in it.
    package init(_ path: String, study: String, scale: Scale) throws(EosError) {
        let absolute = URL(filePath: path).standardizedFileURL.absoluteURL.path(percentEncoded: false)
        self.path = absolute.count > 1 && absolute.hasSuffix("/") ? String(absolute.dropLast()) : absolute
        let marker = "\(self.path)/\(Self.marker)"
        let manager = FileManager.default
        do {
            try manager.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        } catch {
            throw EosError(
                EOS_E_IO,
                "\(path): the directory can't be created (\(error.localizedDescription)); choose another with --out")
        }
        if access(marker, F_OK) != 0 {
            let content = (try? manager.contentsOfDirectory(atPath: self.path)) ?? [""]
            guard content.isEmpty else {
                throw EosError(
                    EOS_E_INVALID,
                    "\(path): this directory has other contents; give --out a new directory, or one of an earlier "
                        + "eos reproduce"
                )
            }
            let text = JSONText.object([("study", .string(study)), ("scale", .string(scale.rawValue))]).text + "\n"
            try Self.write(text, to: marker)
        }
        // Taken before it is read: another process may be writing it.
        let file: Int32
        do throws(RegularFile.Fault) { file = try RegularFile.open(marker, O_RDONLY) } catch {
            throw EosError(EOS_E_IO, "\(marker): \(error.sentence); give --out another directory")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(file)
            throw EosError(
                EOS_E_STATE,
                "\(path): another eos reproduce uses this directory; wait for it, or give --out another")
        }
        lock = file
        let known = RegularFile.contents(marker).flatMap { try? JSONText(reading: Data($0)) }
        guard let known, let name = known["study"]?.string, let size = known["scale"]?.string else {
            throw EosError(EOS_E_FORMAT, "\(marker): this file is damaged; remove the directory, or give --out another")
        }
        guard name == study, size == scale.rawValue else {
            throw EosError(
                EOS_E_INVALID, "\(path): this directory belongs to eos reproduce \(name) (\(size)); give --out another")
        }
        for directory in [runs, results, plugins, tables, figures] {
            guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
                throw EosError(EOS_E_IO, "\(directory): \(String(cString: strerror(errno)))")
            }
        }
        // Of a process that was killed while it made a run.
        for name in (try? manager.contentsOfDirectory(atPath: runs)) ?? [] where name.hasPrefix(".new-") {
            try? manager.removeItem(atPath: "\(runs)/\(name)")
        }
    }

    deinit { close(lock) }

    /// Replaces a file as a whole.
    static func write(_ text: String, to path: String) throws(EosError) {
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw EosError(EOS_E_IO, "\(path): writing failed (\(error.localizedDescription)); free some space")
        }
    }
}
