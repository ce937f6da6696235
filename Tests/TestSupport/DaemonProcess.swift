import Foundation
import Glibc

/// A real eosd over a home of its own; it and every worker are gone with this object.
public final class DaemonProcess: @unchecked Sendable {
    // Unchecked because tests start, kill and ask it from one thread; `socket` and `home` never change.
    public let home: String
    public let socket: String
    /// Where plugins are dropped in.
    public let plugins: String
    public private(set) var pid: pid_t = 0
    private let arguments: [String]
    private let environment: [String: String]

    public init(_ arguments: [String] = [], environment: [String: String] = [:]) throws {
        let root = FileManager.default.temporaryDirectory.path + "/eosd-\(UUID().uuidString.prefix(8))"
        home = root + "/home"
        socket = root + "/eosd.sock"
        plugins = root + "/data/eos/plugins"
        self.arguments = arguments
        self.environment = environment
        try FileManager.default.createDirectory(
            atPath: plugins, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try start()
    }

    deinit {
        kill()
        for worker in workers { Glibc.kill(-worker, SIGKILL) }
        try? FileManager.default.removeItem(atPath: URL(filePath: home).deletingLastPathComponent().path)
    }

    /// Starts it (again) and returns once it answers.
    public func start() throws {
        // Not Process: a daemon that is killed and started again must not depend on who waits for whom.
        var words = [Tree.products + "/eosd", "--home", home, "--socket", socket] + arguments
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        variables["XDG_DATA_HOME"] = URL(filePath: home).deletingLastPathComponent().path + "/data"
        variables["EOS_PLUGIN_PATH"] = nil
        let output = open(home + ".log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        defer { close(output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor: Int32 in [1, 2] { posix_spawn_file_actions_adddup2(&actions, output, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let status = withCStrings(&words) { argv in
            var pairs = variables.map { "\($0)=\($1)" }
            return withCStrings(&pairs) { envp in posix_spawn(&pid, argv[0]!, &actions, &attributes, argv, envp) }
        }
        guard status == 0 else { throw FixtureError("eosd can't be started: \(String(cString: strerror(status)))") }
        let deadline = Date().addingTimeInterval(120)
        while !answers {
            var ended: Int32 = 0
            if waitpid(pid, &ended, WNOHANG) == pid { throw FixtureError("eosd ended at once:\n\(log(lines: 20))") }
            guard Date() < deadline else { throw FixtureError("eosd does not answer:\n\(log(lines: 20))") }
            usleep(5000)
        }
    }

    /// By SIGKILL.
    public func kill() { end(SIGKILL) }

    /// By SIGTERM: it drains.
    ///
    /// - Returns: what waitpid gives.
    @discardableResult
    public func terminate() -> Int32 { end(SIGTERM) }

    @discardableResult
    private func end(_ signal: Int32) -> Int32 {
        guard pid > 0 else { return 0 }
        Glibc.kill(pid, signal)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        pid = 0
        return status
    }

    /// Of /proc/PID/status, in bytes: "VmRSS", "VmHWM".
    public func memory(_ field: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }

    /// The end of its log.
    public func log(lines: Int = 50) -> String {
        let text = (try? String(contentsOfFile: home + ".log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    /// Processes that work on runs of this home.
    public var workers: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            let line = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            return line.contains("eos-worker") && line.contains(home + "/runs/")
        }
    }

    private var answers: Bool {
        guard let file = UnixSocket.connected(to: socket) else { return false }
        defer { close(file) }
        // Connections wait while it takes up its runs.
        let request = "GET /v1/health HTTP/1.1\r\nHost: eosd\r\nConnection: close\r\n\r\n"
        var byte: UInt8 = 0
        return send(file, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count
            && read(file, &byte, 1) == 1
    }
}

private func withCStrings<Result>(
    _ strings: inout [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}
