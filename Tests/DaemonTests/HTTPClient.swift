import Foundation
import TestSupport

/// As little HTTP/1.1 as the tests need, a connection for each request.
struct HTTPClient: Sendable {
    let socket: String

    struct Answer: Sendable {
        let status: Int
        let body: Data

        func object() throws -> [String: Any] {
            guard let object = try JSONSerialization.jsonObject(with: body) as? [String: Any] else { throw Broken() }
            return object
        }
    }

    /// No answer, or not all of one.
    struct Broken: Error {}

    func get(_ path: String) async throws -> Answer { try await send("GET \(path)", Data()) }

    func post(_ path: String, _ object: [String: String] = [:]) async throws -> Answer {
        try await send("POST \(path)", try JSONSerialization.data(withJSONObject: object))
    }

    /// Server-sent events after a number, until `take` returns false or the connection breaks off.
    ///
    /// - Returns: the status of the answer.
    func follow(_ path: String, after last: Int, take: @escaping @Sendable (Int, String) -> Bool) async throws -> Int {
        try await onThread {
            let connection = try Connection(socket)
            try connection.write(
                Data("GET \(path) HTTP/1.1\r\nHost: eosd\r\nLast-Event-ID: \(last)\r\n\r\n".utf8))
            let (status, head) = try connection.head()
            guard status == 200, head.contains("chunked") else { return status }
            var text = ""
            while let chunk = try connection.chunk() {
                text += String(decoding: chunk, as: UTF8.self)
                while let end = text.range(of: "\n\n") {
                    let lines = text[..<end.lowerBound].split(separator: "\n")
                    text.removeSubrange(..<end.upperBound)
                    func value(_ name: String) -> String? {
                        lines.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
                    }
                    // Without data it is no event.
                    guard let id = value("id").flatMap({ Int($0) }), let data = value("data") else { continue }
                    if !take(id, data) { return status }
                }
            }
            return status
        }
    }

    private func send(_ line: String, _ body: Data) async throws -> Answer {
        try await onThread {
            let connection = try Connection(socket)
            let type = body.isEmpty ? "" : "Content-Type: application/json\r\n"
            let head =
                "\(line) HTTP/1.1\r\nHost: eosd\r\nConnection: close\r\n\(type)Content-Length: \(body.count)\r\n\r\n"
            try connection.write(Data(head.utf8) + body)
            let (status, fields) = try connection.head()
            if fields.contains("transfer-encoding: chunked") {
                var whole = Data()
                while let chunk = try connection.chunk() { whole += chunk }
                return Answer(status: status, body: whole)
            }
            let size = fields.firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
            return Answer(status: status, body: try connection.bytes(size))
        }
    }

    /// Waiting for sockets keeps no thread from other tasks.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// A connection to a Unix socket. One thread.
private final class Connection {
    private let file: Int32
    private var input = Data()

    init(_ path: String) throws {
        guard let file = UnixSocket.connected(to: path) else { throw HTTPClient.Broken() }
        self.file = file
    }

    deinit { close(file) }

    func write(_ data: Data) throws {
        var rest = data
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw HTTPClient.Broken() }
            rest = rest.dropFirst(count)
        }
    }

    /// The status and the fields, in small letters.
    func head() throws -> (Int, String) {
        let text = String(decoding: try line(until: "\r\n\r\n"), as: UTF8.self).lowercased()
        guard let status = text.firstMatch(of: /^http\/1.1 (\d+)/).flatMap({ Int($0.1) }) else {
            throw HTTPClient.Broken()
        }
        return (status, text)
    }

    /// nil: the last one.
    func chunk() throws -> Data? {
        let size = Int(String(decoding: try line(until: "\r\n"), as: UTF8.self), radix: 16) ?? 0
        let data = try bytes(size)
        _ = try line(until: "\r\n")
        return size == 0 ? nil : data
    }

    func bytes(_ count: Int) throws -> Data {
        while input.count < count { try read() }
        defer { input = Data(input.dropFirst(count)) }
        return Data(input.prefix(count))
    }

    private func line(until end: String) throws -> Data {
        while true {
            if let range = input.firstRange(of: Data(end.utf8)) {
                defer { input = Data(input[range.upperBound...]) }
                return Data(input[..<range.lowerBound])
            }
            try read()
        }
    }

    private func read() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(file, &buffer, buffer.count, 0)
        guard count > 0 else { throw HTTPClient.Broken() }
        input += buffer[..<count]
    }
}
