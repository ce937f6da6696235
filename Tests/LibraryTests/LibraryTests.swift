import Foundation
import TestSupport
import Testing

/// libeos as a C program sees it: each program checks itself and prints "ok".
@Suite struct LibraryTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        let links = try run(
            """
            ln -s \(Tree.products)/libEosExports.so \(directory.path)/libeos.so
            ln -s \(Tree.products)/libEosExports.so \(directory.path)/libeos.so.1
            """)
        try #require(links.status == 0, "\(links.output)")
    }

    private var flags: String { "-std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -g -I include" }

    /// Builds a program of Programs/ and runs it.
    private func runProgram(_ name: String, _ arguments: String = "") throws -> CommandResult {
        let build = try run(
            "cc \(flags) -o \(directory.path)/\(name) Tests/LibraryTests/Programs/\(name).c -L \(directory.path) -leos "
                + "-lm -pthread -Wl,-rpath,\(directory.path)")
        try #require(build.status == 0, "\(build.output)")
        return try run("\(directory.path)/\(name) \(arguments)")
    }

    @Test("callbacks, ask and tell and a plugin give the same bits, for every policy")
    func drivers() throws {
        let plugin = "\(directory.path)/rosenbrock.so"
        let build = try run(
            "cc -shared -fPIC \(flags) -o \(plugin) Tests/LibraryTests/Programs/rosenbrock_plugin.c")
        try #require(build.status == 0, "\(build.output)")
        let result = try runProgram("drivers", plugin)
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("a state saved at any request goes on to the same bits; a damaged one is refused")
    func state() throws {
        let result = try runProgram("state")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("a stop from another thread ends an evaluation and nothing else")
    func stop() throws {
        let plugin = "\(directory.path)/misbehaving.so"
        let build = try run(
            "cc -shared -fPIC \(flags) -DSECONDS=1 -DLOOKS=1 -o \(plugin) Tests/Fixtures/misbehaving.c")
        try #require(build.status == 0, "\(build.output)")
        let result = try runProgram("stop", plugin)
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("plugins that misbehave without ending the process have a status and a sentence, and harm nobody")
    func misbehaving() throws {
        let plugins = [
            "healthy": "", "huge_ops": "-DOPS_SIZE=0xffffffffu", "huge_row": "-DROW_SIZE=0xffffffffu",
            "rounding": "-DAT_EVALUATE=round_upwards", "mask_in_create": "-DAT_CREATE=block_signals",
            "locale_in_init": "-DAT_INIT=change_thread_locale", "directory_in_create": "-DAT_CREATE=change_directory",
            "past_gradient": "-DPAST=1",
        ]
        for (name, flag) in plugins {
            let file = try BuiltFixture.build(
                "Tests/Fixtures/misbehaving.c", ["-DNAME=\"\(name)\""] + (flag.isEmpty ? [] : [flag]))
            try FileManager.default.copyItem(atPath: file, toPath: "\(directory.path)/\(name).so")
        }
        let result = try runProgram("misbehaving", directory.path)
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("what another thread of the program changes while a plugin is at work stands, and nobody is blamed")
    func surroundings() throws {
        let calls = ["LOAD", "INIT", "CREATE", "START", "EVALUATE", "DESTROY"].map { "-DAT_\($0)=dawdle" }
        let plugin = try BuiltFixture.build("Tests/Fixtures/misbehaving.c", calls)
        // The same file is loaded once only.
        let other = "\(directory.path)/other.so"
        try FileManager.default.copyItem(atPath: plugin, toPath: other)
        let result = try runProgram("surroundings", "\(plugin) \(other)")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("a stop when nothing runs stops the next run alone; stops at any moment fail none")
    func stops() throws {
        let plugin = "\(directory.path)/rosenbrock.so"
        let build = try run(
            "cc -shared -fPIC \(flags) -o \(plugin) Tests/LibraryTests/Programs/rosenbrock_plugin.c")
        try #require(build.status == 0, "\(build.output)")
        let result = try runProgram("stops", plugin)
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("structs are looked at before the work")
    func sizes() throws {
        let result = try runProgram("sizes")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("calls out of turn are refused, of callbacks too; a failed training stays failed; a probe ends none")
    func turns() throws {
        let result = try runProgram("turns")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("what is handed over is destroyed once, outside of every lock")
    func handover() throws {
        let result = try runProgram("handover")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("texts that are not UTF-8 come back the same or are refused")
    func texts() throws {
        let plugin = "\(directory.path)/rosenbrock.so"
        let build = try run(
            "cc -shared -fPIC \(flags) -o \(plugin) Tests/LibraryTests/Programs/rosenbrock_plugin.c && cd \(directory.path) "
                + "&& d=$(printf 'd\\377') && mkdir \"$d\" && cp rosenbrock.so \"$(printf 'caf\\351.so')\" "
                + "&& cp rosenbrock.so \"$d/$(printf 'x\\376.so')\"")
        try #require(build.status == 0, "\(build.output)")
        let result = try runProgram("texts", directory.path)
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("a child after fork frees what it inherited and trains on to the same bits")
    func forked() throws {
        let result = try runProgram("forked")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("every end of eos_minimize has its stop reason, its counts and its point")
    func ends() throws {
        let result = try runProgram("ends")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("eos_sharpness writes every entry, those that it did not find included")
    func eigenvalues() throws {
        let result = try runProgram("eigenvalues")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("a data file is found whose name is not UTF-8")
    func names() throws {
        let data = "$(printf '\(directory.path)/d\\377')"
        let made = try run(
            "mkdir \"\(data)\" && printf '1,2,0\\n2,1,1\\n3,3,0\\n1,1,1\\n' >\"\(data)/x.csv\" && "
                + "cp \"\(data)/x.csv\" \"\(data)/$(printf 'caf\\351.csv')\"")
        try #require(made.status == 0, "\(made.output)")
        let result = try runProgram("names", "\(Tree.products)/libeos-plugin-mlp.so \"\(data)\"")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }

    @Test("every mistake has a status and a sentence")
    func misuse() throws {
        let result = try runProgram("misuse", "\(Tree.root)/include/eos.h")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
    }
}
