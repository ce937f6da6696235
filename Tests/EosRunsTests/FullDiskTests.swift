import EosCore
import EosRuns
import Foundation
import Glibc
import Testing

/// A small file system, which only root can have.
private final class SmallDisk {
    let path: String
    private var filler: String { path + "/filler" }

    init?(in scratch: Scratch, bytes: Int = 16 << 20) {
        path = scratch.path + "/disk"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("none", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "size=\(bytes)") == 0 else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Leaves not a byte.
    func fill() {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var size = 1 << 16
        let bytes = [UInt8](repeating: 1, count: size)
        while size > 0 {
            if write(file, bytes, size) <= 0 { size /= 2 }
        }
        close(file)
    }

    func free() { unlink(filler) }

    static let isPossible: Bool = {
        let scratch = Scratch()
        return withExtendedLifetime(scratch) { SmallDisk(in: scratch) != nil }
    }()
}

/// A disk that fills while a run is going.
@Suite struct FullDiskTests {
    private func spec(_ overrides: String...) throws -> RunSpec {
        let text = durableRun.replacing("iterations = 5", with: "iterations = 200")
        return try overrides.isEmpty ? makeSpec(text) : makeSpec(text, overrides[0])
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small file system is not allowed here"))
    func theRunPausesSaysSoAndGoesOn() throws {
        let scratch = Scratch()
        let disk = try #require(SmallDisk(in: scratch))
        let spec = try spec()
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let path = disk.path + "/run"
        do {
            let session = try RunSession.begin(
                spec, objective: try TestObjective.make(), policy: try makePolicy(spec)
            ) { () throws(EosError) in try RunDirectory.create(at: path) }
            var warnings: [String] = []
            session.onWarning = { warnings.append($0) }
            session.onProgress = { if $0.iteration == 30 { disk.fill() } }
            let error = #expect(throws: EosError.self) { try session.run() }
            #expect(error?.message.contains("free some space") == true, "\(error?.message ?? "")")
            #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("no checkpoint written, attempt") })
        }
        let directory = try RunDirectory.open(path)
        let store = CheckpointStore(directory.checkpoints, keep: 2)
        #expect(try store.iterations().first ?? 0 >= 29)
        _ = try store.load(try #require(try store.iterations().first))

        // On the disk that is full still it says so again, and does no harm.
        var warnings: [String] = []
        #expect(throws: EosError.self) { try resume(spec, directory, warnings: &warnings).run() }
        disk.free()
        let again = try resume(spec, directory, warnings: &warnings)
        #expect(warnings.isEmpty, "\(warnings)")
        #expect(try again.run().state == .budgetExhausted)
        #expect(try Left(directory).withoutEnds == expected.withoutEnds)
    }

    /// There is space again before the run gives up: it only warns.
    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small file system is not allowed here"))
    func aShortageThatPassesIsAWarning() throws {
        let scratch = Scratch()
        let disk = try #require(SmallDisk(in: scratch))
        let spec = try spec()
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let session = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec)
        ) { () throws(EosError) in try RunDirectory.create(at: disk.path + "/run") }
        var warnings: [String] = []
        session.onWarning = {
            warnings.append($0)
            disk.free()
        }
        session.onProgress = { if $0.iteration == 30 { disk.fill() } }
        #expect(try session.run().state == .budgetExhausted)
        #expect(warnings.count == 1)
        #expect(try Left(session.directory) == Left(whole.directory))
    }
}
