import Foundation
import TestSupport
import Testing

/// The daemon itself, as a service manager starts it.
@Suite struct EosdTests {
    /// An eosd with a home of its own; ended with its owner.
    final class Eosd: @unchecked Sendable {
        let directory: TemporaryDirectory
        private let process = Process()

        init(_ arguments: [String] = [], environment: [String: String] = [:], launcher: [String] = []) throws {
            directory = try TemporaryDirectory()
            let path = directory.path
            let command =
                launcher + ["\(Tree.products)/eosd", "--home", "\(path)/home"]
                + (arguments.contains("--socket") || !launcher.isEmpty ? [] : ["--socket", "\(path)/s"]) + arguments
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = command.map { $0.replacing("DIRECTORY", with: path) }
            process.environment = ProcessInfo.processInfo.environment.merging(
                environment.mapValues { $0.replacing("DIRECTORY", with: path) }
            ) { $1 }
            try "".write(toFile: path + "/log", atomically: false, encoding: .utf8)
            process.standardError = FileHandle(forWritingAtPath: path + "/log")
            process.standardInput = FileHandle.nullDevice
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        func start() throws -> Eosd {
            try process.run()
            return self
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        func status() async throws -> Int32 {
            try await offPool { [process] in
                process.waitUntilExit()
                return process.terminationStatus
            }
        }

        var log: String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }

        /// Waits until it answers at a socket.
        func health(_ socket: String? = nil) async throws -> RawResponse {
            let path = socket ?? directory.path + "/s"
            while process.isRunning {
                let answer = try? await offPool {
                    let client = try RawClient(unix: path)
                    client.send(TestServer.request("GET", "/v1/health").utf8)
                    return try client.response()
                }
                if let answer { return answer }
                try await Task.sleep(for: .milliseconds(10))
            }
            throw ClientProblem("eosd has ended: \(log)")
        }
    }

    @Test func tellsTheServiceManager() async throws {
        let place = try TemporaryDirectory()
        let manager = try SystemdTests.Manager(place.path + "/notify")
        let eosd = try Eosd(environment: ["NOTIFY_SOCKET": place.path + "/notify", "WATCHDOG_USEC": "100000"]).start()
        // Signs of life come in between.
        func told(_ start: String) async throws -> String {
            while true {
                let notice = try await offPool { try manager.next() }
                if notice.hasPrefix(start) { return notice }
                #expect(notice == "WATCHDOG=1" || notice.hasPrefix("STATUS="))
            }
        }
        #expect(try await told("READY=1") == "READY=1\nSTATUS=nothing to do")
        for _ in 0..<3 { _ = try await told("WATCHDOG=1") }
        eosd.signal(SIGHUP)
        #expect(try await told("RELOADING=1").contains("MONOTONIC_USEC="))
        _ = try await told("READY=1")
        eosd.signal(SIGTERM)
        #expect(try await told("STOPPING=1").contains("lets its runs"))
        #expect(try await eosd.status() == 0)
        #expect(!FileManager.default.fileExists(atPath: eosd.directory.path + "/s"))
    }

    /// A socket at descriptor 3, as systemd hands it over.
    @Test func takesASocketOver() async throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/activated"
        let launcher = """
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.bind(sys.argv[1]); s.listen(); os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
            os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="eosd.socket")
            os.execv(sys.argv[2], sys.argv[2:])
            """
        let eosd = try Eosd(launcher: ["python3", "-c", launcher, path]).start()
        #expect(try await eosd.health(path).status == 200)
        #expect(eosd.log.contains("listens at \(path)\n"))
        eosd.signal(SIGINT)
        #expect(try await eosd.status() == 0)
        // It belongs to whoever made it.
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func isAloneInItsHome() async throws {
        let first = try Eosd().start()
        _ = try await first.health()
        let home = first.directory.path + "/home"
        var status = stat()
        #expect(stat(home, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let second = try Eosd(["--home", home]).start()
        #expect(try await second.status() == 1)
        #expect(second.log.contains("another eosd uses this directory"))
        let third = try Eosd(["--socket", first.directory.path + "/s"]).start()
        #expect(try await third.status() == 1)
        #expect(third.log.contains("another process listens there already"))
        first.signal(SIGTERM)
        #expect(try await first.status() == 0)
    }

    /// Killed, it leaves its socket file and its lock behind; the next one takes both.
    @Test func startsAgainAfterBeingKilled() async throws {
        let first = try Eosd().start()
        _ = try await first.health()
        first.signal(SIGKILL)
        _ = try await first.status()
        let path = first.directory.path
        #expect(FileManager.default.fileExists(atPath: path + "/s"))
        let second = try Eosd(["--home", path + "/home", "--socket", path + "/s"]).start()
        #expect(try await second.health(path + "/s").status == 200)
        second.signal(SIGTERM)
        #expect(try await second.status() == 0)
    }

    @Test func marksPrioritiesForTheJournal() async throws {
        // The shell tells which file it is, as systemd does.
        let launcher = "JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec \"$@\""
        for (launcher, line) in [
            (["sh", "-c", launcher, "sh"], "<6>listens at"), (["env", "JOURNAL_STREAM=1:2"], "Z info: listens at"),
        ] {
            let eosd = try Eosd(["--socket", "DIRECTORY/s"], launcher: launcher).start()
            _ = try await eosd.health()
            #expect(eosd.log.contains(line), "\(eosd.log)")
            eosd.signal(SIGTERM)
            #expect(try await eosd.status() == 0)
        }
    }

    @Test(arguments: [
        (["--max-runs", "0"], "1 to 10000"), (["--listen", "8080"], "HOST:PORT"),
        (["--listen", "127.0.0.1:0"], "--token-file"), (["--listen-anywhere"], "--listen"),
        (["--on-exit", "explode"], "leave"), (["--group", "no-such-group-here"], "no such group"),
        (["--listen", "0.0.0.0:0", "--token-file", "/etc/hostname"], "other users can access it"),
        (["--socket", "/proc/nothing/s"], "/proc/nothing"),
    ])
    func refusesWrongOptions(arguments: [String], word: String) async throws {
        let eosd = try Eosd(arguments).start()
        #expect(try await eosd.status() != 0)
        #expect(eosd.log.contains(word), "\(eosd.log)")
    }
}
