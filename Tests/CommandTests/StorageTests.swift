import EosRuns
import Foundation
import TestSupport
import Testing

/// What the command does where it may no longer write.
@Suite struct StorageTests {
    private static let spec = valley("[checkpoint]\nevery_seconds = 0.001\nkeep = 2\n")

    private func expectSame(_ eos: Command, _ limit: String) throws {
        let resumed = try eos("train", "--resume", "run", "--set", limit)
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try eos("train", "valley.toml", "--out", "whole", "--set", limit).status == 0)
        #expect(try records(eos("export", "run").output) == records(eos("export", "whole").output))
    }

    @Test(.enabled(if: isInstalled("prlimit"), "prlimit is not installed"))
    func aLimitOnTheSizeOfFilesPausesTheRun() throws {
        let eos = try Command()
        try eos.write(Self.spec, to: "valley.toml")
        // Once the plugin was copied: room for a few hundred records.
        let result = try eos.shell(
            """
            "$EOS" train valley.toml --out run --set stop.iterations=10000000 & pid=$!
            until [ -e run/run.db ]; do sleep 0.01; done
            prlimit --pid $pid --fsize=102400:102400
            wait $pid
            """)
        #expect(result.status != 0 && result.status < 128, "\(result.status) \(result.error)")
        #expect(result.error.contains("ulimit -f"), "\(result.error)")
        let store = CheckpointStore(eos.directory + "/run/ckpt", keep: 100)
        let last = try #require(try store.iterations().first)
        _ = try store.load(last)
        try expectSame(eos, "stop.iterations=\(last + 300)")
    }

    @Test(.enabled(if: getuid() != 0 || isInstalled("setpriv"), "root without setpriv may write anywhere"))
    func aDirectoryThatMayNoLongerBeWrittenPausesTheRun() throws {
        let eos = try Command()
        try eos.write(Self.spec, to: "valley.toml")
        let nobody = "65534"
        if getuid() == 0 { _ = try eos.shell("chown -R \(nobody):\(nobody) '\(eos.directory)'") }
        let become = getuid() == 0 ? "setpriv --reuid=\(nobody) --regid=\(nobody) --clear-groups" : ""
        // Its checkpoints are closed to it once there is one.
        let result = try eos.shell(
            """
            \(become) "$EOS" train valley.toml --out run --set stop.iterations=10000000 & pid=$!
            while kill -0 $pid 2>/dev/null && ! ls run/ckpt/*.safetensors >/dev/null 2>&1; do sleep 0.01; done
            chmod 555 run/ckpt
            wait $pid
            """)
        #expect(result.status != 0 && result.status < 128, "\(result.status) \(result.error)")
        #expect(result.error.contains("Permission denied; choose a directory"), "\(result.error)")
        #expect(result.error.contains("attempt 2 to write a checkpoint failed"), "\(result.error)")
        let log = try String(contentsOfFile: eos.directory + "/run/log", encoding: .utf8)
        #expect(log.contains("paused: ") && log.contains("Permission denied"))
        let database = try RunDatabase.open(try RunDirectory.open(eos.directory + "/run"), readOnly: true)
        #expect(try database.lastState()?.state == .paused)

        let store = CheckpointStore(eos.directory + "/run/ckpt", keep: 100)
        let last = try #require(try store.iterations().first)
        _ = try eos.shell("chmod 755 run/ckpt; chown -R \(getuid()) .")
        try expectSame(eos, "stop.iterations=\(last + 300)")
    }
}
