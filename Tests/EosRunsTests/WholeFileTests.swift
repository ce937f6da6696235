import EosCore
import EosRuns
import Foundation
import Synchronization
import Testing

/// Plugins are hashed, copied and compared in pieces: of a large one no process has all in memory.
@Suite struct WholeFileTests {
    private let scratch = Scratch()

    /// A file of `size` bytes, none of which repeats at the size of a piece.
    private func write(_ size: Int, _ name: String, changing place: Int? = nil) throws -> String {
        var bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8) ^ ($0 >> 16)) }
        if let place { bytes[place] ^= 1 }
        let file = "\(scratch.path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    private func digest(_ file: String) throws -> String {
        let content = try Data(contentsOf: URL(filePath: file))
        var sum = CRC64()
        content.withUnsafeBytes { sum.update($0) }
        let digits = String(sum.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test(arguments: [0, 1, 1 << 18, 1 << 18 + 1, 3 << 18 - 1, 1_000_003])
    func copiesHaveTheContentAndItsDigest(_ size: Int) throws {
        let file = try write(size, "file")
        let copy = "\(scratch.path)/copy"
        #expect(try WholeFile.copy(file, to: copy) == digest(file))
        #expect(try WholeFile.digest(file) == digest(file))
        #expect(try Data(contentsOf: URL(filePath: copy)) == Data(contentsOf: URL(filePath: file)))
        #expect(try WholeFile.areEqual(file, copy))
        for place in [0, size / 2, size - 1] where size > 0 {
            let other = try write(size, "other", changing: place)
            #expect(try !WholeFile.areEqual(file, other) && !WholeFile.areEqual(other, file))
        }
        #expect(try !WholeFile.areEqual(file, try write(size + 1, "longer")))
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(names.filter { $0.hasSuffix("partial") } == [])
    }

    /// What can't be read, or is no file, leaves nothing.
    @Test func whatIsNoFileIsNamed() throws {
        let copy = "\(scratch.path)/copy"
        let bodies: [(String) throws -> String] = [
            { try WholeFile.digest($0) }, { try WholeFile.copy($0, to: copy) },
        ]
        mkfifo("\(scratch.path)/fifo", 0o600)
        for (name, words) in [
            ("fifo", "is a FIFO, not a regular file"), ("none", "No such file"), (".", "is a directory"),
        ] {
            for body in bodies {
                let error = #expect(throws: EosError.self) { _ = try body("\(scratch.path)/\(name)") }
                #expect(error?.message.contains("/\(name): ") == true && error?.message.contains(words) == true)
            }
        }
        #expect(access(copy, F_OK) != 0)
    }

    /// A file that somebody writes to all the while is copied as it was at one time: all of its bytes are the same.
    @Test func aFileThatChangesIsCopiedWhole() throws {
        let size = 600_000
        let file = "\(scratch.path)/file"
        @Sendable func fill(_ byte: UInt8) throws {
            // In place, as cp does it.
            let handle = try FileHandle(forWritingTo: URL(filePath: file))
            handle.truncateFile(atOffset: 0)
            for _ in 0..<6 { handle.write(Data(repeating: byte, count: size / 6)) }
            try handle.close()
        }
        try Data(repeating: 0, count: size).write(to: URL(filePath: file))
        let isOver = Atomic(false)
        let writer = Thread {
            var byte: UInt8 = 0
            while !isOver.load(ordering: .acquiring) {
                byte &+= 1
                try? fill(byte)
                usleep(30_000)
            }
            isOver.store(false, ordering: .releasing)
        }
        writer.start()
        for number in 0..<20 {
            let copy = "\(scratch.path)/copy\(number)"
            guard (try? WholeFile.copy(file, to: copy)) != nil else { continue }
            let bytes = (try? Data(contentsOf: URL(filePath: copy))) ?? Data()
            // It may be cut where the writer had been held up: nobody could know that there was more to come.
            #expect(Set(bytes).count <= 1)
        }
        isOver.store(true, ordering: .releasing)
        while isOver.load(ordering: .acquiring) { usleep(1000) }
    }

    /// 64 MiB go through less than 8.
    @Test func noFileIsInMemoryAsAWhole() async throws {
        let file = "\(scratch.path)/large"
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(truncate(file, 64 << 20) == 0)
        await #expect(processExitsWith: .success) { [file = file as String] in
            func peak() throws -> Int {
                let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
                let line = try #require(lines.first { $0.hasPrefix("VmHWM:") })
                return try #require(Int(line.filter(\.isNumber))) << 10
            }
            _ = try WholeFile.digest(file)
            let before = try peak()
            let digest = try WholeFile.copy(file, to: file + "-copy")
            let same = try WholeFile.areEqual(file, file + "-copy")
            let after = try peak()
            exit(digest.count == 16 && same && after - before < 8 << 20 ? 0 : 1)
        }
        withExtendedLifetime(scratch) {}
    }
}
