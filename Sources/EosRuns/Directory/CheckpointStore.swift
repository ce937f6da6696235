import CEos
import EosCore
import Foundation

/// The checkpoints of a run: `<iteration>.safetensors`, each whole or not there, the last few kept.
public struct CheckpointStore: Sendable {
    public let directory: String
    /// How many of the last ones stay; at least 1.
    public let keep: Int
    private let files: FileOperations

    public init(_ directory: String, keep: Int, files: FileOperations = .system) {
        self.directory = directory
        self.keep = max(keep, 1)
        self.files = files
    }

    public func path(_ iteration: Int) -> String { "\(directory)/\(iteration).safetensors" }

    /// Iterations that there are checkpoints of, the last first.
    public func iterations() throws(EosError) -> [Int] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
            throw EosError(EOS_E_NOT_FOUND, "\(directory): the checkpoints can't be listed; check the run directory")
        }
        return names.compactMap { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1] == "safetensors", let iteration = Int(parts[0]), iteration >= 0,
                String(iteration) == parts[0]
            else { return nil }
            return iteration
        }.sorted(by: >)
    }

    /// Writes the state at `iteration`, then removes checkpoints beyond `keep`.
    ///
    /// - Parameter save: writes the state to the sink that it is given.
    /// - Throws: `EOS_E_IO`; every checkpoint that was there still is.
    public func write(
        _ iteration: Int,
        save: ((UnsafeRawBufferPointer) throws(EosError) -> Void) throws(EosError) -> Void
    ) throws(EosError) {
        try files.replace(path(iteration), save)
        // What can't be removed is tried again after the next one.
        let old = (try? iterations().dropFirst(keep)) ?? []
        for old in old where old != iteration { _ = files.unlink(path(old)) }
    }

    /// Removes what writes left behind that were cut off. Only for whoever holds the run's lock.
    public func tidy() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasSuffix(FileOperations.partial) { _ = files.unlink("\(directory)/\(name)") }
    }

    /// Reads the checkpoint of `iteration` and verifies all of it.
    public func load(_ iteration: Int) throws(EosError) -> SavedState {
        try Self.load(path(iteration))
    }

    /// Reads the state in the file at `path`, which must hold nothing else, and verifies all of it.
    ///
    /// - Throws: `EOS_E_FORMAT` (what a disk can't read back is damaged, too), `EOS_E_IO`, `EOS_E_NOT_FOUND` or
    ///   `EOS_E_MEMORY`, naming the file.
    public static func load(_ path: String) throws(EosError) -> SavedState {
        let file: Int32
        do throws(RegularFile.Fault) { file = try RegularFile.open(path, O_RDONLY) } catch {
            guard case .kind = error else { throw EosError.file(path, error) }
            throw EosError(EOS_E_FORMAT, "\(path): the saved state \(error.sentence)")
        }
        defer { close(file) }
        do throws(EosError) {
            let state = try Safetensors.read { (buffer) throws(EosError) in try read(file, buffer, path) }
            var more: UInt8 = 0
            let rest = try withUnsafeMutableBytes(of: &more) { (buffer) throws(EosError) in
                try read(file, buffer, path)
            }
            guard rest == 0 else {
                throw EosError(EOS_E_FORMAT, "the saved state is damaged: the file has bytes after its end")
            }
            return state
        } catch {
            throw error.status == EOS_E_IO ? error : error.within(path)
        }
    }

    /// Gives a damaged checkpoint another name, so that it does not count among those kept.
    public func setAside(_ iteration: Int) {
        _ = files.rename(path(iteration), path(iteration) + ".damaged")
    }

    private static func read(
        _ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ path: String
    ) throws(EosError) -> Int {
        while true {
            let count = Glibc.read(file, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EIO, EISDIR, EBADMSG, EUCLEAN, ESTALE:
                throw EosError(EOS_E_FORMAT, "the saved state can't be read: \(String(cString: strerror(errno)))")
            default: throw EosError.file(path, errno)
            }
        }
    }
}
