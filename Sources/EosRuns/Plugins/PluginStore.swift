import CEos
import EosCore
import EosDiscovery
import Foundation
import Synchronization

/// Copies of plugins by their content, each on disk once, linked into the runs that use it.
public final class PluginStore: Sendable {
    public let directory: String
    /// The copy of a file as it was when it was copied.
    private let known = Mutex<[String: (stamp: Stamp, copy: PluginCopy)]>([:])
    /// A copy that has no link yet is one that nobody uses.
    private let linking = Mutex(())

    public init(directory: String) throws(EosError) {
        self.directory = directory
        guard mkdir(directory, 0o755) == 0 || errno == EEXIST else { throw EosError.file(directory, errno) }
    }

    /// Makes `name` a link to a copy of `file`.
    ///
    /// - Returns: the digest of its content.
    func link(_ file: String, as name: String) throws(EosError) -> String {
        try linking.withLock { _ throws(EosError) in try linkNow(file, as: name) }
    }

    private func linkNow(_ file: String, as name: String) throws(EosError) -> String {
        let copy = try copy(of: file)
        if Glibc.link(copy.path, name) == 0 { return copy.digest }
        // More links than the file system allows, or it allows none.
        do { try FileManager.default.copyItem(atPath: copy.path, toPath: name) } catch {
            throw EosError(EOS_E_IO, "\(name): the plugin \(file) can't be copied: \(error.localizedDescription)")
        }
        return copy.digest
    }

    /// Removes copies that no run uses any more.
    public func prune() { linking.withLock { _ in pruneNow() } }

    private func pruneNow() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            var status = stat()
            if stat("\(directory)/\(name)", &status) == 0, status.st_nlink == 1 { unlink("\(directory)/\(name)") }
        }
    }

    private func copy(of file: String) throws(EosError) -> PluginCopy {
        guard let stamp = Stamp(file) else { throw EosError.file(file, errno) }
        if let entry = known.withLock({ $0[file] }), entry.stamp == stamp, Stamp(entry.copy.path) != nil {
            return entry.copy
        }
        let copy = try write(file)
        if Stamp(file) == stamp { known.withLock { $0[file] = (stamp, copy) } }
        return copy
    }

    /// A copy that is there already is compared: its name alone proves nothing.
    private func write(_ file: String) throws(EosError) -> PluginCopy {
        let digest = try WholeFile.digest(file)
        var number = 0
        while true {
            let path = "\(directory)/\(digest)-\(number)"
            number += 1
            if Stamp(path) == nil {
                let copy = try PluginCopy.make(of: file, to: path)
                if copy.digest == digest { return copy }
                // Another file has taken the name since.
                unlink(path)
                return try write(file)
            }
            if (try? WholeFile.areEqual(path, file)) == true { return PluginCopy(path: path, digest: digest) }
        }
    }
}

/// A copy of a plugin's file.
struct PluginCopy {
    let path: String
    let digest: String

    /// Copies `file`; on a throw nothing is left.
    static func make(of file: String, to path: String) throws(EosError) -> PluginCopy {
        let digest = try WholeFile.copy(file, to: path)
        // Nobody is to write to it by mistake.
        chmod(path, 0o555)
        return PluginCopy(path: path, digest: digest)
    }
}
