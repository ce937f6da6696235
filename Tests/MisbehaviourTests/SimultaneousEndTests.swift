import TestSupport
import Testing

/// Threads of one loop crash together: one of them tells of it, and its line, its record and its signal are those of the
/// end.
@Suite struct SimultaneousEndTests {
    private func program(_ options: [String]) throws -> String {
        let guardSources = ["ending", "calls"].map { "\(Tree.root)/Sources/CEosGuard/\($0).c" }
        return try BuiltFixture.build(
            "Tests/Fixtures/ends.c",
            ["-I\(Tree.root)/Sources/CEosGuard/include", "-pthread", "-g"] + options + guardSources, shared: false,
            key: try guardSources.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined())
    }

    @Test func oneThreadTellsAndNoneCutsItShort() throws {
        let result = try run("'\(program([]))' 50")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    /// Where the compiler has it.
    @Test func noThreadRacesAnother() throws {
        let here = try run("echo 'int main(void) { return 0; }' | cc -fsanitize=thread -x c - -o /dev/null")
        guard here.status == 0 else { return }
        let options = "TSAN_OPTIONS='report_signal_unsafe=0 atexit_sleep_ms=0'"
        let result = try run("\(options) '\(program(["-fsanitize=thread"]))' 10")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }
}
