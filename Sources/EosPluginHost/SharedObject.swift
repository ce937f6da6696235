import CEos
import EosCore
import Glibc

/// A file that may be loaded as a shared object of this machine.
///
/// The dynamic loader ends the process with SIGBUS on a file that was cut, so that lengths are checked here first.
public struct SharedObject {
    /// What tells files apart, whatever their names.
    public struct Identity: Hashable, Sendable {
        public let device: UInt64
        public let inode: UInt64
    }

    /// Absolute, without links.
    public let path: String
    public let identity: Identity

    /// - Throws: without the path: `EOS_E_IO` where the file can't be read, `EOS_E_PLUGIN` where it is no shared object for
    ///   this machine.
    public init(path given: String) throws(EosError) {
        guard let resolved = realpath(given, nil) else {
            throw EosError(EOS_E_IO, "\(String(cString: strerror(errno))); give the path of a plugin (.so)")
        }
        // A name that is no text can't be kept: it stays as it was given.
        path = String(validatingCString: resolved) ?? given
        free(resolved)

        let file: RegularFile
        do throws(RegularFile.Fault) { file = try RegularFile(path) } catch {
            switch error {
            case .system: throw EosError(EOS_E_IO, error.sentence)
            case .kind: throw EosError(EOS_E_PLUGIN, "\(error.sentence); give the path of a plugin (.so)")
            }
        }
        identity = Identity(device: file.device, inode: file.inode)
        try Self.check(file.descriptor, size: UInt64(file.size))
    }

    #if arch(x86_64)
        private static let machine: (UInt64, String) = (62, "x86-64")
    #elseif arch(arm64)
        private static let machine: (UInt64, String) = (183, "AArch64")
    #endif

    /// Reads the ELF header and the program headers (System V ABI, edition 4.1, chapters 4 and 5).
    private static func check(_ file: Int32, size: UInt64) throws(EosError) {
        guard let header = Bytes(file, at: 0, count: min(64, size)), header.starts(with: [0x7f, 0x45, 0x4c, 0x46])
        else {
            throw EosError(EOS_E_PLUGIN, "is not a shared object, because it has no ELF header")
        }
        guard size >= 64 else { throw cut(size) }
        guard header[4, 1] == 2, header[5, 1] == 1, header[18, 2] == machine.0 else {
            throw EosError(
                EOS_E_PLUGIN,
                "was built for another machine: ELF class \(header[4, 1]), byte order \(header[5, 1]), machine "
                    + "\(header[18, 2]); this machine needs class 2, byte order 1, machine \(machine.0) (\(machine.1))")
        }
        guard header[16, 2] == 3 else {
            throw EosError(
                EOS_E_PLUGIN,
                "is not a shared object, because its ELF type is \(header[16, 2]), not 3; link it with -shared")
        }
        let (offset, entrySize, entries) = (header[32, 8], header[54, 2], header[56, 2])
        guard entrySize >= 56, offset < size, let table = Bytes(file, at: offset, count: entrySize * entries) else {
            throw cut(size)
        }
        let loadable: UInt64 = 1
        for row in (0..<Int(entries)).map({ $0 * Int(entrySize) }) where table[row, 4] == loadable {
            let (end, overflow) = table[row + 8, 8].addingReportingOverflow(table[row + 32, 8])
            guard !overflow, end <= size else { throw cut(size) }
        }
        // Strings and symbols of the sections lie past the last segment: a file cut there would load, but is damaged.
        let sections = header[40, 8].addingReportingOverflow(header[58, 2] * header[60, 2])
        guard !sections.overflow, sections.partialValue <= size else { throw cut(size) }
    }

    private static func cut(_ size: UInt64) -> EosError {
        EosError(
            EOS_E_PLUGIN,
            "is damaged, because it ends after \(size) bytes, before the end of its contents; build it again")
    }
}

/// Some bytes of a file, with little-endian numbers in them.
private struct Bytes {
    private var bytes: [UInt8]

    init?(_ file: Int32, at offset: UInt64, count: UInt64) {
        guard offset <= UInt64(Int64.max), count <= 1 << 24 else { return nil }
        bytes = [UInt8](repeating: 0, count: Int(count))
        guard pread(file, &bytes, Int(count), off_t(offset)) == Int(count) else { return nil }
    }

    func starts(with prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    /// The number of `size` bytes at `offset`.
    subscript(offset: Int, size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
