import CEos
import EosCore
import Foundation

/// Small text files.
enum FileText {
    /// Specs are written by people: a larger file is something else.
    private static let mostBytes = 16 << 20

    /// - Parameter fromAnything: whether it may be a pipe or a device, as users name them; else it is a regular file.
    /// - Throws: `EOS_E_NOT_FOUND`, `EOS_E_IO`, or `EOS_E_CONFIG` where the file is not UTF-8 or far too large.
    static func read(
        _ path: String, called what: String, fromAnything: Bool = false
    ) throws(EosError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw EosError.file(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw EosError(EOS_E_CONFIG, "\(path): this is a directory; give the \(what) file")
        }
        if status.st_mode & S_IFMT == S_IFSOCK { throw EosError.file(path, .kind("a socket")) }
        guard status.st_size <= mostBytes else {
            throw EosError(
                EOS_E_CONFIG, "\(path): \(status.st_size) bytes are too many for a \(what); give a smaller text file")
        }
        let file = try fromAnything ? open(path, O_RDONLY | O_CLOEXEC) : openFile(path, O_RDONLY)
        guard file >= 0 else { throw EosError.file(path, errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= mostBytes {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw EosError.file(path, errno)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
        // A device has no size, and may never end.
        guard bytes.count <= mostBytes else {
            throw EosError(
                EOS_E_CONFIG,
                "\(path): more than \(mostBytes) bytes are too many for a \(what); give a smaller text file")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EosError(EOS_E_CONFIG, "\(path): this is not a UTF-8 text file; give the \(what) file")
        }
        return text
    }
}
