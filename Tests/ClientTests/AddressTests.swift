import EosClient
import EosCore
import Foundation
import TestSupport
import Testing

@Suite struct AddressTests {
    private func address(
        _ socket: String? = nil, host: String? = nil, token: String? = nil, in environment: [String: String] = [:]
    ) throws(EosError) -> Address {
        try Address(.init(socket: socket, host: host, tokenFile: token), environment: environment)
    }

    @Test func optionsComeBeforeTheEnvironmentAndThatBeforeTheDefault() throws {
        let all = ["EOS_SOCKET": "/b", "EOS_HOST": "localhost:1", "EOS_TOKEN": "t", "XDG_RUNTIME_DIR": "/x"]
        #expect(try address("/a", in: all) == .socket("/a"))
        #expect(try address(in: all) == .socket("/b"))
        #expect(try address(host: "h:2", in: all) == .host("h", port: 2, token: "t"))
        #expect(try address(in: ["EOS_HOST": "[::1]:80", "EOS_TOKEN": "t"]) == .host("::1", port: 80, token: "t"))
        #expect(try address(in: ["EOS_SOCKET": "", "XDG_RUNTIME_DIR": "/none/x"]) == .socket("/none/x/eos/eosd.sock"))
        #expect(try address() == .socket("/run/eos/eosd.sock"))
    }

    @Test func aTokenMayStandInAFile() throws {
        let place = try TemporaryDirectory()
        let file = place.path + "/token"
        try Data("secret-secret-17\n".utf8).write(to: URL(filePath: file))
        #expect(try address(host: "h:1", token: file) == .host("h", port: 1, token: "secret-secret-17"))
        let environment = ["EOS_HOST": "h:1", "EOS_TOKEN_FILE": file]
        #expect(try address(in: environment) == .host("h", port: 1, token: "secret-secret-17"))
    }

    @Test(
        arguments: [
            (nil, "h", "the host \"h\" is not an address; write HOST:PORT, or [::1]:PORT for IPv6"),
            (nil, "h:0", "the host \"h:0\" is not an address"),
            (nil, "::1:80", "the host \"::1:80\" is not an address"),
            (nil, ":80", "the host \":80\" is not an address"),
            (nil, "h:80", "no token for h:80; give its file with --token-file"),
            ("/s", "h:80", "--socket /s and --host h:80 exclude each other; remove one"),
        ] as [(String?, String, String)])
    func whatIsNoAddressIsRefused(socket: String?, host: String, fault: String) {
        let error = #expect(throws: EosError.self) { try address(socket, host: host) }
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["", " ", "two words", "line\r\nX: y"]) func aTokenIsOneWord(token: String) throws {
        let place = try TemporaryDirectory()
        try Data(token.utf8).write(to: URL(filePath: place.path + "/token"))
        #expect(throws: EosError.self) { try address(host: "h:1", token: place.path + "/token") }
    }
}
