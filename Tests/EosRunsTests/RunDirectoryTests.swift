import CEos
import EosCore
import EosRuns
import Foundation
import Testing

@Suite struct RunDirectoryTests {
    @Test func namesAreReadableUniqueAndSafe() throws {
        let scratch = Scratch()
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        let first = try RunDirectory.create(in: scratch.path + "/a/runs", name: "my digits/../é", at: time)
        let second = try RunDirectory.create(in: scratch.path + "/a/runs", name: "my digits/../é", at: time)
        #expect(first.id == "my-digits-..---20231114T221320Z-1")
        #expect(second.id == "my-digits-..---20231114T221320Z-2")
        #expect(FileManager.default.fileExists(atPath: first.checkpoints))
    }

    @Test func neverTakesADirectoryWithSomethingInIt() throws {
        let scratch = Scratch()
        let empty = scratch.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        #expect(try RunDirectory.create(at: empty + "/").path.hasSuffix("/empty"))
        let again = #expect(throws: EosError.self) { try RunDirectory.create(at: empty) }
        #expect(again?.status == eos_status(EOS_E_INVALID))
        #expect(again?.message.contains("this path exists already") == true)
        let file = scratch.write("x", to: "file")
        #expect(throws: EosError.self) { try RunDirectory.create(at: file) }
        #expect(throws: EosError.self) { try RunDirectory.create(at: file + "/below") }
    }

    @Test func unwritableParentSaysSo() throws {
        // Root may write anywhere but here.
        let error = #expect(throws: EosError.self) { try RunDirectory.create(at: "/proc/eos-run") }
        #expect(error?.message.hasPrefix("/proc/eos-run: ") == true)
    }

    @Test func opensOnlyRuns() throws {
        let scratch = Scratch()
        let missing = #expect(throws: EosError.self) { try RunDirectory.open(scratch.path + "/none") }
        #expect(missing?.message.contains("no such run directory") == true)
        let other = #expect(throws: EosError.self) { try RunDirectory.open(scratch.path) }
        #expect(other?.message.contains("it has no spec.toml") == true)
    }

    @Test func lockIsHeldByOne() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        do {
            let lock = try RunLock(directory)
            let error = #expect(throws: EosError.self) { try RunLock(directory) }
            #expect(error?.status == eos_status(EOS_E_STATE))
            #expect(error?.message.contains("another process (\(getpid()))") == true)
            withExtendedLifetime(lock) {}
        }
        _ = try RunLock(directory)
    }

    @Test func logHasOneLineAMessage() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        let log = try RunLog(directory)
        log.write(1, "first\nline")
        log.write(3, "second")
        let lines = try String(contentsOfFile: directory.log, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix("Z info: first line") && lines[1].hasSuffix("Z error: second"))
    }
}
