import EosCore
import EosServer
import Foundation
import TestSupport
import Testing

/// A user that is neither root nor us, by setpriv: possible where the tests run as root.
private let canBeSomebodyElse = geteuid() == 0 && isInstalled("setpriv") && isInstalled("curl")

@Suite struct AccessTests {
    private func askAsNobody(_ server: TestServer, groups: String = "--clear-groups", group: Int = 65534) async throws
        -> (status: Int, body: String)
    {
        // The kernel lets in by mode: it is the server that has to refuse.
        chmod(server.directory.path, 0o777)
        chmod(server.socket, 0o777)
        let socket = server.socket
        let result = try await offPool {
            try run(
                "setpriv --reuid=65534 --regid=\(group) \(groups) curl -s -w '\\n%{http_code}' --unix-socket \(socket) "
                    + "http://eosd/v1/health")
        }
        let lines = result.lines
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined())
    }

    @Test(.enabled(if: canBeSomebodyElse, "only root can be another user")) func refusesOtherUsers() async throws {
        let server = try TestServer()
        let answer = try await askAsNobody(server)
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"forbidden\"") && answer.body.contains("65534"))
        #expect(try await server.ask("GET", "/v1/health").status == 200)
        await server.stop()
    }

    @Test(.enabled(if: canBeSomebodyElse, "only root can be another user")) func letsAGroupIn() async throws {
        let server = try TestServer(group: 4242)
        #expect(try await askAsNobody(server).status == 403)
        #expect(try await askAsNobody(server, group: 4242).status == 200)
        #expect(try await askAsNobody(server, groups: "--groups 7,4242,9").status == 200)
        #expect(try await askAsNobody(server, groups: "--groups 7,9").status == 403)
        await server.stop()
    }

    @Test(.enabled(if: canBeSomebodyElse, "only root can be another user")) func letsItsOwnUserIn() async throws {
        let server = try TestServer(user: 65534)
        #expect(try await askAsNobody(server).status == 200)
        // Root may, whoever eosd is.
        #expect(try await server.ask("GET", "/v1/health").status == 200)
        await server.stop()
    }

    @Test func readsTokens() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/token"
        func write(_ text: String, mode: mode_t = 0o600) {
            try? text.write(toFile: path, atomically: true, encoding: .utf8)
            chmod(path, mode)
        }
        #expect(throws: EosError.self) { try TokenFile(path) }
        write("short")
        #expect(throws: EosError.self) { try TokenFile(path) }
        write("0123456789abcdef with more")
        #expect(throws: EosError.self) { try TokenFile(path) }
        write("0123456789abcdef", mode: 0o604)
        let error = #expect(throws: EosError.self) { try TokenFile(path) }
        #expect(error?.message.contains("chmod 600") == true)
        write(" 0123456789abcdef\n")
        let file = try TokenFile(path)
        write("nonsense")
        #expect(throws: EosError.self) { try file.reload() }
        #expect(throws: EosError.self) { try TokenFile(directory.path) }
    }

    @Test func takesANewToken() async throws {
        let server = try TestServer()
        let path = server.directory.path + "/token"
        let fresh = "Authorization: Bearer another-token-of-some-length"
        #expect(try await server.ask("GET", "/v1/health", headers: [fresh], tcp: true).status == 401)
        try "another-token-of-some-length".write(toFile: path, atomically: false, encoding: .utf8)
        try server.token.reload()
        #expect(try await server.ask("GET", "/v1/health", headers: [fresh], tcp: true).status == 200)
        #expect(try await server.ask("GET", "/v1/health", headers: [TestServer.bearer], tcp: true).status == 401)
        await server.stop()
    }
}
