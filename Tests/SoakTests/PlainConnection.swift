import Foundation
import Glibc
import TestSupport

/// One request over a Unix socket with nothing of ours between it and the clock.
final class PlainConnection {
    private let file: Int32

    init(_ path: String) throws {
        guard let file = UnixSocket.connected(to: path) else { throw CocoaError(.fileNoSuchFile) }
        self.file = file
    }

    deinit { close(file) }

    /// The status of the answer, read to its end; nil: the connection was lost.
    func status(of target: String) -> Int? {
        let request = "GET \(target) HTTP/1.1\r\nHost: eosd\r\nConnection: close\r\n\r\n"
        guard send(file, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        let head = String(decoding: bytes.prefix(12), as: UTF8.self)
        return head.hasPrefix("HTTP/1.1 ") ? Int(head.dropFirst(9)) : nil
    }
}
