import CEos
import EosCore
import Glibc
import Synchronization

/// The file with the token that clients on TCP have to send.
public final class TokenFile: Sendable {
    public let path: String
    private let token: Mutex<[UInt8]>

    /// - Throws: where it can't be read, others could read it, or the token is too short or long.
    public init(_ path: String) throws(EosError) {
        self.path = path
        token = Mutex(try Self.read(path))
    }

    /// Reads the file again; what went wrong leaves the token as it was.
    public func reload() throws(EosError) {
        let fresh = try Self.read(path)
        token.withLock { $0 = fresh }
    }

    /// In a time that does not depend on how much of the token is right.
    func matches(_ given: some StringProtocol) -> Bool {
        let given = Array(given.utf8)
        return token.withLock { token in
            var difference = UInt8(given.count == token.count ? 0 : 1)
            for index in token.indices { difference |= token[index] ^ (index < given.count ? given[index] : 0xff) }
            return difference == 0
        }
    }

    private static func read(_ path: String) throws(EosError) -> [UInt8] {
        let descriptor: Int32
        do throws(RegularFile.Fault) { descriptor = try RegularFile.open(path, O_RDONLY) } catch {
            guard case .system(let reason) = error else {
                throw EosError(
                    EOS_E_INVALID, "--token-file \(path): \(error.sentence); give a file that contains the token")
            }
            throw EosError(EOS_E_IO, "--token-file \(path): \(String(cString: strerror(reason))); check the path")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw EosError(EOS_E_IO, "--token-file \(path): \(String(cString: strerror(errno))); check the path")
        }
        guard status.st_mode & 0o007 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw EosError(
                EOS_E_INVALID, "--token-file \(path): other users can access it (mode 0\(mode)); run chmod 600 \(path)")
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        let isSpace = { (byte: UInt8) in byte <= 0x20 }
        let token = buffer.prefix(max(count, 0)).drop(while: isSpace)
        let trimmed = Array(token.reversed().drop(while: isSpace).reversed())
        guard trimmed.count >= 16, count < buffer.count, trimmed.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw EosError(
                EOS_E_INVALID,
                "--token-file \(path): its \(trimmed.count) bytes are not one word of 16 to 4000 ASCII characters; "
                    + "write a token with: openssl rand -hex 32 >\(path)")
        }
        return trimmed
    }
}
