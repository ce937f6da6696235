import Foundation
import Synchronization
import TestSupport

/// A server on a Unix socket that answers the first connection with the first text, and so on, and keeps what it was
/// asked for. What it is to answer is all that it knows: the client must make sense of it.
final class ScriptedServer: Sendable {
    let path: String
    private let listener: Int32
    private let requested = Mutex<[String]>([])

    /// The heads of the requests so far.
    var requests: [String] { requested.withLock { $0 } }

    /// - Parameter answers: sent once a request has come in; then the connection is closed.
    init(_ path: String, _ answers: [String]) throws {
        self.path = path
        guard let listener = UnixSocket.listening(on: path) else { throw CocoaError(.fileWriteUnknown) }
        self.listener = listener
        Thread.detachNewThread { [self] in
            for answer in answers { serve(answer) }
        }
    }

    /// Nobody listens any more.
    func close() {
        unlink(path)
        _ = shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func serve(_ answer: String) {
        let file = accept(listener, nil, nil)
        guard file >= 0 else { return }
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), read(file, &byte, 1) == 1 { head.append(byte) }
        requested.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
        let bytes = Array(answer.utf8)
        _ = send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        Glibc.close(file)
    }
}
