import Foundation
import TestSupport
import Testing

/// The commands in a directory with plugins that misbehave while they are loaded, and one that is sound.
@Suite struct PluginsTests {
    private func command() throws -> Command {
        let eos = try Command()
        eos.environment["EOS_PLUGIN_PATH"] = "plugins"
        try FileManager.default.createDirectory(atPath: eos.directory + "/plugins", withIntermediateDirectories: true)
        for (name, onLoad) in [
            ("crash", "fputs(\"one\\ntwo\\nthree\\nfour\\n\", stderr); raise(SIGSEGV)"), ("hang", "for (;;) pause()"),
            ("leave", "puts(\"bye\"); exit(3)"), ("talk", "puts(\"hello\")"),
        ] {
            let defines = ["PLUGIN_ID=\"org.\(name)\"", "OBJECTIVE_ID=\"org.\(name).bowl\"", "ON_LOAD=\(onLoad)"]
            let words = defines.map { "'-D\($0)'" }.joined(separator: " ")
            let built = try eos.shell(
                "cc -std=c11 -shared -fPIC -I '\(Tree.root)/include' \(words) -o plugins/\(name).so "
                    + "'\(Tree.root)/Tests/Fixtures/loading.c'")
            try #require(built.status == 0, "\(built.error)")
        }
        return eos
    }

    @Test func listsThemAllAndExitsWithZero() throws {
        let eos = try command()
        let text = try eos("plugins", "--timeout", "2")
        #expect(text.status == 0 && text.error.isEmpty)
        let explain = "see `eos plugin explain"
        for part in [
            "org.talk 1.2.3", "printed 6 bytes when it was loaded; `eos plugin explain talk` shows them",
            "refused: plugins/crash.so: was ended by SIGSEGV (Segmentation fault) while it was loaded; \(explain) "
                + "crash`\n"
                + "    stderr: one\n    stderr: two\n    stderr: three\n",
            "refused: plugins/hang.so: did not load within 2 s; allow more time with `eos plugins --timeout`; "
                + "\(explain) "
                + "hang`",
            "refused: plugins/leave.so: ended the process that loaded it, with exit status 3; \(explain) leave`\n"
                + "    stdout: bye\n",
        ] {
            #expect(text.output.contains(part), "\(part)")
        }
        #expect(!text.output.contains("four") && !text.output.contains("hello"))

        let json = try members(try eos("plugins", "--json", "--timeout", "2").output)
        let plugins = try #require(json["plugins"] as? [[String: Any]])
        let talking = try #require(plugins.first { $0["id"] as? String == "org.talk" })
        #expect(talking["stdout"] as? [String] == ["hello"] && talking["stderr"] as? [String] == [])
        #expect(plugins.contains { $0["id"] as? String == "eos.mlp" })
        let refused = try #require(json["refused"] as? [[String: Any]])
        #expect(refused.map { $0["outcome"] as? String } == ["signalled", "timed_out", "exited"])
        #expect(refused.map { $0["signal"] as? String } == ["SIGSEGV", nil, nil])
        #expect(refused.map { $0["status"] as? Int } == [nil, nil, 3])
        #expect(refused[0]["stderr"] as? [String] == ["one", "two", "three", "four"])
        #expect(try eos("plugins", "--timeout", "0").status == 2)
    }

    @Test func explainsOne() throws {
        let eos = try command()
        let crash = try eos("plugin", "explain", "crash")
        #expect(crash.status == 0 && crash.error.isEmpty)
        for part in [
            "found         in plugins (EOS_PLUGIN_PATH)", "trust         its owner and permissions are safe",
            "remembered    nothing", "now           was ended by SIGSEGV (Segmentation fault) while it was loaded",
            "usually       an access through a bad pointer", "gdb -ex run",
            "  | one\n  | two\n  | three\n  | four",
        ] {
            #expect(crash.output.contains(part), "\(part)\n\(crash.output)")
        }
        let again = try members(try eos("plugin", "explain", "plugins/crash.so", "--json").output)
        #expect(again["outcome"] as? String == "signalled" && again["remembered"] as? String == "signalled")
        #expect(again["signal"] as? String == "SIGSEGV" && again["origin"] is NSNull && again["plugin"] is NSNull)
        let talk = try members(try eos("plugin", "explain", "org.talk.bowl", "--json").output)
        #expect(talk["outcome"] as? String == "described" && talk["reason"] is NSNull)
        #expect(talk["used"] as? Bool == true && talk["unused_because"] is NSNull)
        eos.environment["EOS_PLUGIN_PATH"] = nil
        let off = try eos("plugin", "explain", "plugins/talk.so")
        #expect(off.output.contains("used        no: it is not on the search path"))
        eos.environment["EOS_PLUGIN_PATH"] = "plugins"
        #expect((talk["stdout"] as? [String: Any])?["text"] as? String == "hello\n")
        #expect((talk["plugin"] as? [String: Any])?["id"] as? String == "org.talk")
        #expect(try eos("plugin", "explain", "talk").output.contains("scale    number, 0 to 1000000"))
        let unknown = try eos("plugin", "explain", "tolk")
        #expect(unknown.status == 2 && unknown.messages.first?.contains("did you mean talk?") == true)
        #expect(
            try eos("plugin", "explain", "./none.so").messages == [
                "eos: ./none.so does not exist; check the path"
            ])
    }

    @Test func filesOfOthersAreNotRunByTheirName() throws {
        let eos = try command()
        chmod(eos.directory + "/plugins/talk.so", 0o666)
        let found = try eos("plugin", "explain", "talk")
        #expect(found.output.contains("is not trusted: it is writable by everyone (mode 666); run chmod o-w"))
        #expect(found.output.contains("now         not inspected"))
        #expect(try eos("plugin", "explain", "plugins/talk.so").output.contains("  | hello"))
        let list = try members(try eos("plugins", "--json", "--timeout", "1").output)
        let refused = try #require(list["refused"] as? [[String: Any]])
        let talk = try #require(refused.first { $0["file"] as? String == "plugins/talk.so" })
        #expect(talk["outcome"] is NSNull && (talk["reason"] as? String)?.contains("not trusted") == true)
    }

    /// The plugin of the spec is loaded, the others are not; one that crashed before is not tried again.
    @Test func trainingLoadsWhatItNeeds() throws {
        let eos = try command()
        try FileManager.default.removeItem(atPath: eos.directory + "/plugins/hang.so")
        try eos.write(valley(), to: "valley.toml")
        let trained = try eos("train", "valley.toml", "--json", "--out", "run")
        #expect(trained.status == 0 && trained.messages.isEmpty, "\(trained.error)")
        #expect(try members(trained.output)["state"] as? String == "budget_exhausted")
        let crash = try eos("train", "valley.toml", "--set", "objective.plugin=crash")
        #expect(crash.status == 2)
        #expect(crash.messages.count == 1)
        #expect(
            crash.messages.first?.contains(
                "the objective crash is not available: plugins/crash.so: was ended by SIGSEGV (Segmentation fault)")
                == true
        )
    }
}
