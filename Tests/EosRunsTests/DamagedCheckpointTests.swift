import CEos
import EosCore
import EosRuns
import Foundation
import RunTestSupport
import Testing

/// Flipped bits and cut files are found, said so in the log, and the checkpoint before is used.
@Suite struct DamagedCheckpointTests {
    private struct Scene {
        let scratch = Scratch()
        let spec: RunSpec
        let directory: RunDirectory
        let expected: Left

        init() throws {
            spec = try makeSpec(durableRun)
            let session = try begin(spec, scratch)
            _ = try session.run()
            expected = try Left(session.directory)
            directory = try copy(session.directory, in: scratch)
        }
    }

    @Test func everyBitOfASmallOneAndEveryLength() throws {
        let scene = try Scene()
        let store = CheckpointStore(scene.directory.checkpoints, keep: 2)
        let last = try #require(try store.iterations().first)
        let url = URL(filePath: store.path(last))
        let content = try Data(contentsOf: url)
        #expect(content.count < 8000)
        func check(_ damaged: Data, _ place: Comment) throws {
            try damaged.write(to: url)
            let error = #expect(throws: EosError.self, place) { try store.load(last) }
            #expect(error?.status == eos_status(EOS_E_FORMAT), place)
            #expect(error?.message.hasPrefix(store.path(last)) == true, place)
        }
        for bit in 0..<content.count * 8 {
            var damaged = content
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try check(damaged, "bit \(bit)")
        }
        for length in 0..<content.count { try check(content.prefix(length), "cut to \(length)") }
        for more in [Data([0]), content] { try check(content + more, "\(more.count) bytes more") }
        try content.write(to: url)
        _ = try store.load(last)
    }

    @Test func randomBitsOfALargeOne() throws {
        let scratch = Scratch()
        let store = CheckpointStore(scratch.path, keep: 1)
        let document = StateDocument()
        document.add("x", (0..<1_000_000).map { Double($0).squareRoot() })
        try store.write(1) { (sink) throws(EosError) in
            try document.write { (part) throws(EosError) in try sink(part) }
        }
        let file = try FileHandle(forUpdating: URL(filePath: store.path(1)))
        let size = try file.seekToEnd()
        var random = Chance()
        let seed: Comment = "EOS_TEST_SEED=\(random.seed)"
        for _ in 0..<100 {
            let place = UInt64.random(in: 0..<size, using: &random)
            try file.seek(toOffset: place)
            let byte = try #require(try file.read(upToCount: 1)).first!
            func put(_ byte: UInt8) throws {
                try file.seek(toOffset: place)
                try file.write(contentsOf: Data([byte]))
            }
            try put(byte ^ 1 << UInt8.random(in: 0..<8, using: &random))
            #expect(throws: EosError.self, "byte \(place), \(seed)") { try store.load(1) }
            try put(byte)
        }
        _ = try store.load(1)
        for length in (0..<20).map({ _ in UInt64.random(in: 0..<size, using: &random) }).sorted(by: >) {
            try file.truncate(atOffset: length)
            #expect(throws: EosError.self, "cut to \(length), \(seed)") { try store.load(1) }
        }
    }

    /// Through the whole way of resuming, for bits all over the file.
    @Test func theOneBeforeIsUsedAndSaidSo() throws {
        let scene = try Scene()
        let size = try Data(contentsOf: URL(filePath: scene.directory.checkpoints + "/5.safetensors")).count
        for place in stride(from: 0, to: size, by: max(size / 40, 1)) {
            let directory = try copy(scene.directory, in: scene.scratch)
            let url = URL(filePath: directory.checkpoints + "/5.safetensors")
            var content = try Data(contentsOf: url)
            content[place] ^= 1 << UInt8(place % 8)
            if place % 2 == 0 { try content.write(to: url) } else { try content.prefix(place).write(to: url) }
            var warnings: [String] = []
            let session = try resume(scene.spec, directory, warnings: &warnings)
            let sentence = try #require(warnings.first)
            #expect(warnings.count == 1 && sentence.hasPrefix(url.path))
            #expect(sentence.hasSuffix("trying the checkpoint before it"), "\(sentence)")
            let log = try String(contentsOfFile: directory.log, encoding: .utf8)
            #expect(log.contains("warning: " + sentence) && log.contains("continues from iteration 4"))
            _ = try session.run()
            #expect(try Left(directory).withoutEnds == scene.expected.withoutEnds, "byte \(place)")
            try FileManager.default.removeItem(atPath: directory.path)
        }
    }

    @Test func withNoOtherTheRunStartsAgainAndSaysSo() throws {
        let scene = try Scene()
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.directory.checkpoints) {
            try Data("rust".utf8).write(to: URL(filePath: scene.directory.checkpoints + "/" + name))
        }
        var warnings: [String] = []
        let session = try resume(scene.spec, scene.directory, warnings: &warnings)
        #expect(warnings.count == 2)
        #expect(warnings.last?.hasSuffix("no other checkpoint is left, so the run starts from its beginning") == true)
        _ = try session.run()
        #expect(try Left(scene.directory) == scene.expected)
        // Nothing was thrown away.
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.directory.checkpoints)
        #expect(names.count { $0.hasSuffix(".damaged") } == 2)
    }

    /// Something else lies where the checkpoint should.
    @Test func whatIsNoFileIsPassedOver() throws {
        let scene = try Scene()
        let store = CheckpointStore(scene.directory.checkpoints, keep: 9)
        try FileManager.default.createDirectory(atPath: store.path(90), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: store.path(91), withDestinationPath: "nowhere")
        #expect(mkfifo(store.path(92), 0o600) == 0)
        var warnings: [String] = []
        let session = try resume(scene.spec, scene.directory, warnings: &warnings)
        #expect(warnings.count == 3)
        _ = try session.run()
        #expect(try Left(scene.directory).withoutEnds == scene.expected.withoutEnds)
    }

    /// A whole one of another training is no damage: going on without it would be the loss of this one.
    @Test func aCheckpointThatDoesNotFitIsAnError() throws {
        let scene = try Scene()
        var warnings: [String] = []
        let error = #expect(throws: EosError.self) {
            try resume(
                scene.spec, scene.directory, objective: try TestObjective.make(count: 8), warnings: &warnings)
        }
        #expect(error?.message.contains("5.safetensors") == true, "\(error?.message ?? "")")
        #expect(warnings.isEmpty)
    }
}
