import EosCore
import EosServer
import Foundation
import TestSupport
import Testing

@Suite struct ListeningTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func makesSocketsForUserAndGroup() throws {
        let directory = try TemporaryDirectory()
        let socket = try ListeningSocket.unix(directory.path + "/s")
        defer { close(socket.descriptor) }
        #expect(mode(directory.path + "/s") == 0o660)
    }

    @Test func replacesSocketsThatNobodyListensTo() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        let first = try ListeningSocket.unix(path)
        let error = #expect(throws: EosError.self) { try ListeningSocket.unix(path) }
        #expect(error?.message.contains("another process listens there already") == true)
        close(first.descriptor)
        let second = try ListeningSocket.unix(path)
        close(second.descriptor)
    }

    @Test func leavesOtherFilesAlone() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: EosError.self) { try ListeningSocket.unix(path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        let long = directory.path + "/" + String(repeating: "x", count: 120)
        let error = #expect(throws: EosError.self) { try ListeningSocket.unix(long) }
        #expect(error?.message.contains("107 bytes") == true)
        #expect(throws: EosError.self) { try ListeningSocket.unix("/nowhere/at/all") }
    }

    @Test func servesThisMachineOnly() throws {
        for host in ["0.0.0.0", "::", "192.0.2.1"] {
            let error = #expect(throws: EosError.self) { try ListeningSocket.tcp(host, port: 0, anywhere: false) }
            #expect(error?.message.contains("--listen-anywhere") == true, "\(host)")
        }
        let anywhere = try ListeningSocket.tcp("0.0.0.0", port: 0, anywhere: true)
        for socket in anywhere { close(socket.descriptor) }
        let taken = try ListeningSocket.tcp("127.0.0.1", port: 0, anywhere: false)
        defer { close(taken[0].descriptor) }
        let port = Int(taken[0].name.split(separator: ":").last!)!
        #expect(throws: EosError.self) { try ListeningSocket.tcp("127.0.0.1", port: port, anywhere: false) }
        #expect(throws: EosError.self) { try ListeningSocket.tcp("no such host.invalid", port: 1, anywhere: false) }
    }

    @Test func takesSocketsThatWereHandedOver() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/handed"
        let made = try ListeningSocket.unix(path)
        let inherited = try ListeningSocket.inherited(made.descriptor)
        #expect(inherited.name == path)
        let server = try TestServer(sockets: [inherited])
        let status = try await offPool {
            let client = try RawClient(unix: path)
            client.send(TestServer.request("GET", "/v1/health").utf8)
            return try client.response().status
        }
        #expect(status == 200)
        await server.stop()
        // It is not ours to take away.
        #expect(FileManager.default.fileExists(atPath: path))
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(throws: EosError.self) { try ListeningSocket.inherited(file) }
    }
}
