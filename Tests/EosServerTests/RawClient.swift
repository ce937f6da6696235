import Foundation
import Glibc

/// A client that sends whatever bytes a test wants, and reads what comes back. It blocks: tests call it by `offPool`.
final class RawClient {
    let descriptor: Int32
    private var received: [UInt8] = []

    /// Longer than any healthy server takes, however busy the machine is.
    private static let patience = 120

    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try connect(&address, MemoryLayout<sockaddr_un>.size)
    }

    /// On 127.0.0.1.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try connect(&address, MemoryLayout<sockaddr_in>.size)
    }

    deinit { close(descriptor) }

    private func connect<Address>(_ address: inout Address, _ size: Int) throws {
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, socklen_t(size)) }
        }
        guard status == 0 else { throw ClientProblem("connect: \(String(cString: strerror(errno)))") }
    }

    /// - Returns: whether all was taken.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// A line without its end; nil: the connection has ended.
    func line() throws -> String? {
        while true {
            if let end = received.firstIndex(of: 0x0a) {
                let line = received[..<end]
                received.removeSubrange(...end)
                return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            }
            guard try receive() else { return nil }
        }
    }

    func bytes(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try receive() else { throw ClientProblem("\(received.count) of \(count) bytes, then the end") }
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// False at the end.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw ClientProblem("recv: \(String(cString: strerror(errno)))") }
        received += buffer.prefix(count)
        return count > 0
    }

    /// Reads a response with its body; of a HEAD and of a stream of events the head alone.
    func response(headOnly: Bool = false) throws -> RawResponse {
        while true {
            guard let first = try line() else { throw ClientProblem("no response, the connection has ended") }
            let words = first.split(separator: " ", maxSplits: 2)
            guard words.count >= 2, let status = Int(words[1]) else { throw ClientProblem("\"\(first)\"") }
            var headers: [String: String] = [:]
            while let line = try line(), !line.isEmpty {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            if status == 100 { continue }
            let body = headOnly || headers["content-type"] == "text/event-stream" ? [] : try body(headers)
            return RawResponse(status: status, headers: headers, body: body)
        }
    }

    private func body(_ headers: [String: String]) throws -> [UInt8] {
        if headers["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while let chunk = try chunk() { body += chunk }
            return body
        }
        return try bytes(Int(headers["content-length"] ?? "0")!)
    }

    /// nil: the last one.
    func chunk() throws -> [UInt8]? {
        guard let line = try line(), let count = Int(line, radix: 16) else { throw ClientProblem("no chunk") }
        let chunk = try bytes(count)
        _ = try self.line()
        return count == 0 ? nil : chunk
    }
}

struct RawResponse: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The JSON that came; an empty object where it is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }

    var error: [String: String] { json["error"] as? [String: String] ?? [:] }
}

struct ClientProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Runs what blocks on a thread of its own: tests share the threads of the server.
func offPool<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
        thread.start()
    }
}
