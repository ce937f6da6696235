import EosCore
import EosProcesses
import Glibc
import TestSupport
import Testing

/// Runs a script of the shell.
func script(
    _ text: String, seconds: Double? = 60, environment: [String: String?] = [:], directory: String? = nil,
    limits: (inout ChildCommand.Limits) -> Void = { _ in }
) throws -> ChildResult {
    var command = ChildCommand(
        "/bin/sh", ["-c", text], environment: environment, directory: directory, limits: .init(seconds: seconds))
    limits(&command.limits)
    return try command.run()
}

@Suite struct ChildTests {
    @Test func capturesEachStreamOnItsOwn() throws {
        let result = try script("echo out; echo err >&2; echo results >&3; exit 3")
        #expect(result.ending == .exited(3))
        #expect(result.output.text == "out\n")
        #expect(result.error.text == "err\n")
        #expect(result.results.text == "results\n")
        #expect(!result.output.isCut && result.output.total == 4)
        #expect(result.seconds > 0 && result.seconds < 60)
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGKILL, SIGTERM, SIGPIPE, SIGALRM, SIGSYS])
    func namesTheSignal(number: Int32) throws {
        let result = try script("kill -\(number) $$; sleep 60")
        #expect(result.ending == .signalled(Signal(number)))
        #expect(Signal(number).name.hasPrefix("SIG"))
        #expect(Signal(number).usualCause != nil)
    }

    @Test func texts() {
        #expect("\(ChildResult.Ending.signalled(Signal(SIGSEGV)))" == "was ended by SIGSEGV (Segmentation fault)")
        #expect("\(ChildResult.Ending.exited(3))" == "ended with exit status 3")
        #expect("\(ChildResult.Ending.timedOut)" == "did not end in time")
        #expect(Signal(64).name == "signal 64")
        #expect(Signal(64).usualCause == nil)
    }

    @Test func floodsAreCutAndDoNotBlock() throws {
        let result = try script("head -c 5000000 /dev/zero; head -c 300000 /dev/zero >&2; head -c 70000 /dev/zero >&3")
        {
            $0.text = 1000
            $0.results = 100_000
        }
        #expect(result.ending == .exited(0))
        #expect(result.output.bytes.count == 1000 && result.output.total == 5_000_000 && result.output.isCut)
        #expect(result.error.bytes.count == 1000 && result.error.total == 300_000)
        #expect(result.results.bytes.count == 70_000 && !result.results.isCut)
    }

    @Test func anEndlessFloodEndsWithTheDeadline() throws {
        let result = try script("yes", seconds: 0.3)
        #expect(result.ending == .timedOut)
        #expect(result.output.isCut && result.output.bytes.count == 1 << 16)
        #expect(result.output.bytes.starts(with: Array("y\ny\n".utf8)))
    }

    @Test func whatWasSaidBeforeTheDeadlineIsKept() throws {
        // Ignored signals, a stopped child and children of its own make no difference.
        for text in ["trap '' TERM INT HUP; sleep 600", "kill -STOP $$", "sleep 600 & sleep 600", "exec sleep 600"] {
            let result = try script("echo said; " + text, seconds: 0.3)
            #expect(result.ending == .timedOut)
            #expect(result.output.text == "said\n")
            #expect(result.seconds >= 0.3 && result.seconds < 60)
        }
    }

    @Test func grandchildrenDoNotHoldTheCaller() throws {
        // One that is left behind is killed with its group, one in a session of its own only loses its reader.
        let left = try script("sleep 600 & echo $!")
        #expect(left.ending == .exited(0) && left.seconds < 60)
        let grandchild = try #require(pid_t(left.output.text.dropLast()))
        // Where nobody reaps orphans it stays a zombie; either way it runs no more.
        var state = "R"
        for _ in 0..<5000 where state != "Z" && state != "" {
            state = try run("cut -d ' ' -f 3 /proc/\(grandchild)/stat 2>/dev/null").output.filter { $0 != "\n" }
        }
        #expect(state == "Z" || state == "")

        let escaped = try script("setsid sleep 600 & echo $!")
        #expect(escaped.ending == .exited(0) && escaped.seconds < 60)
        if let process = pid_t(escaped.output.text.dropLast()) { kill(process, SIGKILL) }
    }

    @Test func startsFromACleanSlate() throws {
        // Opened without O_CLOEXEC: the child must not see it all the same.
        let leaked = open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGUSR1)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let result = try script(
            """
            readlink /proc/$$/fd/0
            echo $(exec grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f 2)
            cut -d ' ' -f 5,6 /proc/$$/stat
            echo $$
            """)
        let lines = result.output.text.split(separator: "\n")
        try #require(lines.count == 4, "\(result.output.text)\(result.error.text)")
        #expect(lines[0] == "/dev/null")
        // 32 and 33 are glibc's own, which posix_spawn has ignored.
        #expect(lines[1] == "0000000000000000 0000000180000000")
        #expect(lines[2] == "\(lines[3]) \(lines[3])")
        // 4 is the directory that ls itself reads.
        #expect(try script("exec ls /proc/self/fd").output.text == "0\n1\n2\n3\n4\n")
    }

    @Test func directoryAndEnvironment() throws {
        setenv("EOS_TEST_KEPT", "kept", 1)
        setenv("EOS_TEST_TAKEN", "taken", 1)
        let result = try script(
            "pwd; echo $EOS_TEST_KEPT $EOS_TEST_TAKEN $EOS_TEST_ADDED",
            environment: ["EOS_TEST_TAKEN": nil as String?, "EOS_TEST_ADDED": "a=b"], directory: "/usr")
        #expect(result.output.text == "/usr\nkept a=b\n")
    }

    @Test func limits() throws {
        let memory = try script("python3 -c 'bytearray(1 << 30)' 2>&1; ulimit -v") { $0.memory = 1 << 29 }
        #expect(memory.output.text.contains("MemoryError") && memory.output.text.hasSuffix("\(1 << 19)\n"))
        let processor = try script("while :; do :; done") { $0.processorSeconds = 1 }
        #expect(processor.ending == .signalled(Signal(SIGXCPU)))
        #expect(try script("ulimit -c") { $0.processorSeconds = 9 }.output.text == "0\n")
    }

    @Test func whatCannotBeStarted() throws {
        for (program, directory, message) in [
            ("/none/program", nil, "/none/program: can't be started: No such file or directory"),
            ("/etc/passwd", nil, "/etc/passwd: can't be started: Permission denied"),
            ("/bin/sh", "/none", "/bin/sh: can't be started in /none: No such file or directory"),
        ] as [(String, String?, String)] {
            let command = ChildCommand(program, directory: directory, limits: .init(seconds: 60))
            let error = #expect(throws: EosError.self) { try command.run() }
            #expect(error?.message == message)
        }
    }
}

@Suite struct WorkerProgramTests {
    /// Tests run beside what was built with them.
    @Test func isBesideTheRunningProgram() throws {
        #expect(try WorkerProgram.path() == Tree.products + "/eos-worker")
    }
}
