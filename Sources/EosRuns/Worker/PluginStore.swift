import CEos
import EosCore
import EosDiscovery
import Foundation
import Synchronization

/// Copies of plugins by their content, each on disk once, linked into the runs that use it.
public final class PluginStore: Sendable {
    public let directory: String
    /// The copy of a file as it was when it was copied.
    private let known = Mutex<[String: (stamp: Stamp, copy: String)]>([:])
    /// A copy that has no link yet is one that nobody uses.
    private let linking = Mutex(())

    public init(directory: String) throws(EosError) {
        self.directory = directory
        guard mkdir(directory, 0o755) == 0 || errno == EEXIST else { throw EosError.file(directory, errno) }
    }

    /// Makes `name` a link to a copy of `file`.
    func link(_ file: String, as name: String) throws(EosError) {
        try linking.withLock { _ throws(EosError) in try linkNow(file, as: name) }
    }

    private func linkNow(_ file: String, as name: String) throws(EosError) {
        let copy = try copy(of: file)
        if Glibc.link(copy, name) == 0 || errno == EEXIST { return }
        // More links than the file system allows, or it allows none.
        do { try FileManager.default.copyItem(atPath: copy, toPath: name) } catch {
            throw EosError(EOS_E_IO, "\(name): the plugin \(file) can't be kept: \(error.localizedDescription)")
        }
    }

    /// Removes copies that no run uses any more.
    public func prune() { linking.withLock { _ in pruneNow() } }

    private func pruneNow() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            var status = stat()
            if stat("\(directory)/\(name)", &status) == 0, status.st_nlink == 1 { unlink("\(directory)/\(name)") }
        }
    }

    private func copy(of file: String) throws(EosError) -> String {
        guard let stamp = Stamp(file) else { throw EosError.file(file, errno) }
        if let entry = known.withLock({ $0[file] }), entry.stamp == stamp, Stamp(entry.copy) != nil {
            return entry.copy
        }
        guard let content = FileManager.default.contents(atPath: file) else { throw EosError.file(file, EIO) }
        let copy = try write(content)
        known.withLock { $0[file] = (stamp, copy) }
        return copy
    }

    /// A copy that is there already is compared: its name alone proves nothing.
    private func write(_ content: Data) throws(EosError) -> String {
        var sum = CRC64()
        content.withUnsafeBytes { sum.update($0) }
        var number = 0
        while true {
            let copy = "\(directory)/\(String(sum.value, radix: 16))-\(number)"
            number += 1
            if let present = FileManager.default.contents(atPath: copy) {
                if present == content { return copy }
                continue
            }
            try FileOperations.system.replace(copy) { (sink) throws(EosError) in
                var failure: EosError?
                content.withUnsafeBytes { bytes in
                    do throws(EosError) { try sink(bytes) } catch { failure = error }
                }
                if let failure { throw failure }
            }
            chmod(copy, 0o555)
            return copy
        }
    }
}
