import CEos
import EosCore
import EosDiscovery
import Foundation

/// The content of a file that somebody may be writing at this moment.
enum WholeFile {
    /// Seconds between two looks at a file that changes, and how many of them.
    private static let pause = 0.02
    private static let attempts = 100

    /// Reads the file until twice in a row it is the same, and was not written to in between.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` and `EOS_E_IO` where it can't be read, is no file, or does not come to rest.
    static func read(_ file: String) throws(EosError) -> Data {
        for _ in 0..<attempts {
            let before = Stamp(file)
            let content = try contents(file)
            if let before, Int64(content.count) == before.size, try contents(file) == content, Stamp(file) == before {
                return content
            }
            usleep(useconds_t(pause * 1e6))
        }
        throw EosError(EOS_E_IO, "\(file): it is being written to and does not come to rest; try again")
    }

    /// As 16 hexadecimal digits of a CRC-64: it tells files apart that differ by accident.
    static func digest(_ content: Data) -> String {
        var sum = CRC64()
        content.withUnsafeBytes { sum.update($0) }
        let digits = String(sum.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func contents(_ path: String) throws(EosError) -> Data {
        // Not waiting: a pipe may have taken the file's place.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw EosError.file(path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw EosError(EOS_E_IO, "\(path): it is not a regular file; give a plugin or a library")
        }
        var content = Data(capacity: Int(status.st_size))
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw EosError.file(path, errno)
            }
            content.append(contentsOf: buffer[..<count])
        }
    }
}
