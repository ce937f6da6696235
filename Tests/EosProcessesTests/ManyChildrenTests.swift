import EosProcesses
import Glibc
import Testing

@Suite struct ManyChildrenTests {
    @Test func resultsComeInOrder() throws {
        let outputs = concurrently(Array(0..<40), atMost: 8) { index in
            (try? script("echo \(index); exit \(index)")).map { ($0.output.text, $0.ending) }
        }
        for (index, output) in outputs.enumerated() {
            #expect(output?.0 == "\(index)\n")
            #expect(output?.1 == .exited(Int32(index)))
        }
        #expect(concurrently([Int](), atMost: 4) { $0 } == [])
        #expect(concurrently([1, 2], atMost: 0) { $0 * 2 } == [2, 4])
    }

    /// Two that wait for each other end only where they run side by side.
    @Test func theyRunSideBySide() throws {
        let place = "/tmp/eos-meeting-\(getpid())"
        mkdir(place, 0o700)
        defer { for name in ["", "/0", "/1"].reversed() { remove(place + name) } }
        let endings = concurrently([0, 1], atMost: 2) { index in
            try? script("touch \(place)/\(index); until [ -e \(place)/\(1 - index) ]; do sleep 0.01; done").ending
        }
        #expect(endings == [.exited(0), .exited(0)])
    }

    /// In a process of its own, where no other test opens files or starts children.
    @Test func nothingIsLeftOver() async {
        await #expect(processExitsWith: .success) {
            func openDescriptors() -> Int { (0..<1024).count { fcntl(Int32($0), F_GETFD) >= 0 } }
            _ = try script(":")
            let before = openDescriptors()
            _ = concurrently(Array(0..<100), atMost: 8) { index in
                let text = ["echo x", "kill -SEGV $$", "sleep 600 &", "sleep 600"][index % 4]
                _ = try? script(text, seconds: 0.2)
                _ = try? ChildCommand("/none/program", limits: .init(seconds: 1)).run()
            }
            try #require(openDescriptors() == before)
            // No child is left, neither running nor as a zombie.
            try #require(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
        }
    }

    /// A parent that ignores SIGCHLD would not learn how its children end.
    @Test func parentsThatIgnoreTheirChildren() async {
        await #expect(processExitsWith: .success) {
            signal(SIGCHLD, SIG_IGN)
            try #require(try script("exit 7").ending == .exited(7))
        }
    }
}
