import CEos
import EosCore
import EosJSON
import EosPluginHost
import Foundation
import Glibc

/// Remembers probes, a file each, for as long as what was probed and eos itself stay the same.
///
/// It only saves time: an entry that is damaged counts as none, and one that can't be written is not.
public struct ProbeCache: Sendable {
    /// Where the entries lie.
    public let directory: String

    public init(directory: String) { self.directory = directory }

    /// `$XDG_CACHE_HOME/eos/probes`, else `~/.cache/eos/probes`; nil where neither is known.
    public static func standard(
        environment: (String) -> String? = PluginSearchPath.variable
    ) -> ProbeCache? {
        if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") {
            return ProbeCache(directory: "\(cache)/eos/probes")
        }
        guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
        return ProbeCache(directory: "\(home)/.cache/eos/probes")
    }

    struct Entry: Codable {
        let key: Key
        /// As it was when the probe was made; of a manifest only.
        let library: Stamp?
        let probe: Probe
    }

    /// What a probe is valid for.
    struct Key: Codable, Equatable {
        /// Raised when the meaning of an entry changes.
        private var format = 1
        let path: String
        let stamp: Stamp
        /// The version of eos, and the worker's file, which is another one after every build.
        private var eos = EOS_VERSION_STRING
        let worker: Stamp

        /// nil where one of the files is not there.
        init?(_ path: String, worker: String) {
            guard let stamp = Stamp(path), let program = Stamp(worker) else { return nil }
            self.path = path
            self.stamp = stamp
            self.worker = program
        }
    }

    /// Seconds for which a time-out is believed: the machine may have been busy.
    private static let timeoutsLast = 600.0

    /// Where the entry of a file is, or would be.
    public func entryPath(of path: String) -> String { "\(directory)/\(fileName(path)).json" }

    func entry(for key: Key) -> Entry? {
        guard let entry = EntryMemory.shared.entry(at: entryPath(of: key.path)), entry.key == key else { return nil }
        if let library = entry.probe.library, Stamp(library) != entry.library { return nil }
        if case .timedOut = entry.probe.outcome, !(0...Self.timeoutsLast).contains(age(of: key)) { return nil }
        return entry
    }

    /// Seconds since the entry was written; negative where the clock was set back since.
    private func age(of key: Key) -> Double {
        var status = stat()
        guard stat(entryPath(of: key.path), &status) == 0 else { return .infinity }
        return Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
    }

    func store(_ probe: Probe, for key: Key) {
        let entry = Entry(key: key, library: probe.library.flatMap { Stamp($0) }, probe: probe)
        guard let text = try? JSONText(encoding: entry).text else { return }
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = entryPath(of: key.path)
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard FileManager.default.createFile(atPath: temporary, contents: Data(text.utf8)) else { return }
        // Readers see the old entry or the new one, whole.
        if rename(temporary, path) != 0 { unlink(temporary) }
    }

    /// Takes away the entries of files that are gone, and what an interrupted `store` left.
    func prune() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            let path = "\(directory)/\(name)"
            let entry = RegularFile.contents(path).flatMap { try? JSONText(reading: $0).decoded(as: Entry.self) }
            if entry.map({ access($0.key.path, F_OK) != 0 || path != entryPath(of: $0.key.path) }) ?? true {
                unlink(path)
            }
        }
    }

    /// A path may be longer than a name can be: 128 bits of FNV-1a, from two starting values; the entry has the path.
    private func fileName(_ path: String) -> String {
        func hash(_ start: UInt64) -> String {
            let value = path.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash(0xcbf2_9ce4_8422_2325) + hash(0x6c62_272e_07bb_0142)
    }
}

/// What tells a file from the one that replaces it.
public struct Stamp: Codable, Hashable, Sendable {
    public let size: Int64
    public let inode: UInt64
    /// When it was last written, in nanoseconds since 1970.
    public let written: Int64

    /// nil where there is no such file.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        written = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
