import EosCore
import EosRuns
import Foundation
import Glibc
import Synchronization
import Testing

/// A disk that can be filled.
private protocol Disk: AnyObject {
    var path: String { get }
    /// What runs on it write with.
    var files: FileOperations { get }
    /// Leaves not a byte.
    func fill()
    func free()
}

/// A small file system, which only root can have.
private final class SmallDisk: Disk {
    let path: String
    var files: FileOperations { .system }
    private var filler: String { path + "/filler" }

    init?(in scratch: Scratch, bytes: Int = 16 << 20) {
        path = scratch.path + "/disk"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("none", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "size=\(bytes)") == 0 else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

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

/// One that says so, to whoever saves and to SQLite, which anybody can have.
private final class ImaginaryDisk: Disk {
    private final class Space: Sendable { let isLeft = Atomic(true) }

    let path: String
    private let space = Space()
    private let watch: WatchedSQLite

    init(in scratch: Scratch) {
        path = scratch.path + "/disk"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        watch = WatchedSQLite(
            below: path,
            admits: { [space] call, _ in call != .write || space.isLeft.load(ordering: .relaxed) })
    }

    var files: FileOperations {
        var files = FileOperations.system
        files.write = { [space] file, bytes in
            if space.isLeft.load(ordering: .relaxed) { return FileOperations.system.write(file, bytes) }
            errno = ENOSPC
            return -1
        }
        return files
    }

    func fill() { space.isLeft.store(false, ordering: .relaxed) }
    func free() { space.isLeft.store(true, ordering: .relaxed) }
}

enum KindOfDisk: CaseIterable {
    case imaginary, mounted

    static var possible: [KindOfDisk] { SmallDisk.isPossible ? allCases : [.imaginary] }

    fileprivate func make(in scratch: Scratch) throws -> any Disk {
        switch self {
        case .imaginary: ImaginaryDisk(in: scratch)
        case .mounted: try #require(SmallDisk(in: scratch))
        }
    }
}

/// A disk that fills while a run is going.
@Suite struct FullDiskTests {
    private func spec(_ overrides: String...) throws -> RunSpec {
        let text = durableRun.replacing("iterations = 5", with: "iterations = 200")
        return try overrides.isEmpty ? makeSpec(text) : makeSpec(text, overrides[0])
    }

    @Test(arguments: KindOfDisk.possible) func theRunPausesSaysSoAndGoesOn(_ kind: KindOfDisk) throws {
        let scratch = Scratch()
        let disk = try kind.make(in: scratch)
        let spec = try spec()
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let path = disk.path + "/run"
        do {
            let session = try RunSession.begin(
                spec, objective: try TestObjective.make(), policy: try makePolicy(spec), files: disk.files
            ) { () throws(EosError) in try RunDirectory.create(at: path) }
            var warnings: [String] = []
            session.onWarning = { warnings.append($0) }
            session.onProgress = { if $0.iteration == 30 { disk.fill() } }
            let error = #expect(throws: EosError.self) { try session.run() }
            #expect(error?.message.contains("free some space") == true, "\(error?.message ?? "")")
            #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("to write a checkpoint failed") })
        }
        let directory = try RunDirectory.open(path)
        let store = CheckpointStore(directory.checkpoints, keep: 2)
        #expect(try store.iterations().first ?? 0 >= 29)
        _ = try store.load(try #require(try store.iterations().first))

        // On the disk that is full still it says so again, and does no harm.
        var warnings: [String] = []
        #expect(throws: EosError.self) { try resume(spec, directory, files: disk.files, warnings: &warnings).run() }
        disk.free()
        let again = try resume(spec, directory, files: disk.files, warnings: &warnings)
        #expect(warnings.isEmpty, "\(warnings)")
        #expect(try again.run().state == .budgetExhausted)
        #expect(try Left(directory).withoutEnds == expected.withoutEnds)
    }

    /// There is space again before the run gives up: it only warns.
    @Test(arguments: KindOfDisk.possible) func aShortageThatPassesIsAWarning(_ kind: KindOfDisk) throws {
        let scratch = Scratch()
        let disk = try kind.make(in: scratch)
        let spec = try spec()
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let session = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec), files: disk.files
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
