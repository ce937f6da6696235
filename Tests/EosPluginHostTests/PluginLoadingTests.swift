import CEos
import EosCore
import EosPluginHost
import Foundation
import Testing

@Suite struct PluginLoadingTests {
    /// The sentence that a load fails with, after the path.
    private func refusal(_ file: URL, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: EosError.self, sourceLocation: sourceLocation) {
            try LoadedPlugin.load(path: file.path())
        }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("\(file.path()): "), "\(message)", sourceLocation: sourceLocation)
        #expect(!message.contains("\n"), sourceLocation: sourceLocation)
        return String(message.dropFirst(file.path().count + 2))
    }

    @Test func tellsWhatThePluginIs() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "fixture.so")
            let plugin = try LoadedPlugin.load(path: try Fixture.build(at: file))
            #expect(plugin.path == file.path())
            #expect(plugin.id == "org.example.fixture")
            let description = plugin.description
            #expect(description.version == "1.2.3")
            #expect(description.licence == "MIT")
            #expect(description.toolchain == "cc")
            #expect(description.abi == PluginDescription.ABI(1, 0))
            #expect(description.policies.isEmpty)
            #expect(description.objectives.map(\.id) == ["org.example.bowl", "org.example.reader"])
            #expect(plugin.table.pointee.abi_major == UInt16(EOS_ABI_MAJOR))

            let bowl = description.objectives[0]
            #expect(bowl.name == "bowl")
            #expect(bowl.title == "A bowl")
            #expect(bowl.source == "a page")
            #expect(!bowl.usesData)
            #expect(bowl.file == plugin.path)
            #expect(
                bowl.schema.parameters == [
                    Parameter(
                        "scale", .number, default: "1", range: 0...1e6, unit: "m", "curvature of the bowl"),
                    Parameter("size", .integer, default: "3", range: 1...100, "dimension"),
                    Parameter("centred", .bool, default: "true", "whether the lowest point is 0"),
                    Parameter(
                        "mode", .string, default: "plain", choices: ["plain", "fail", "silent", "null", "odd"],
                        "what create does"),
                    Parameter("start", .numbers, "the starting point"),
                    Parameter("names", .strings, default: "[\"a\", \"b\"]", "words"),
                    Parameter("cap", .number, default: "auto", flags: .auto, "a cap"),
                ])
            #expect(description.objectives[1].schema.parameters.contains { $0.key == "data.file" })
            #expect(description.objectives[1].ownSchema.parameters.isEmpty)
        }
    }

    /// Its init says so where it is called twice.
    @Test func theSameFileIsTheSamePlugin() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "fixture.so")
            let link = directory.appending(path: "link.so")
            let other = directory.appending(path: "hard.so")
            let plugin = try LoadedPlugin.load(path: try Fixture.build(at: file))
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            try FileManager.default.linkItem(at: file, to: other)
            #expect(try LoadedPlugin.load(path: file.path()) === plugin)
            #expect(try LoadedPlugin.load(path: link.path()) === plugin)
            #expect(try LoadedPlugin.load(path: other.path()) === plugin)
        }
    }

    @Test func refusesWhatIsNoSharedObject() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "file.so")
            #expect(refusal(file) == "No such file or directory; give the path of a plugin (.so)")
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
            #expect(refusal(file) == "is a directory, not a regular file; give the path of a plugin (.so)")
            try FileManager.default.removeItem(at: file)
            // A reader of it waits for ever.
            #expect(mkfifo(file.path(), 0o600) == 0)
            #expect(refusal(file) == "is a FIFO, not a regular file; give the path of a plugin (.so)")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: URL(filePath: "/dev/zero"))
            #expect(throws: EosError.self) { try LoadedPlugin.load(path: file.path()) }
            try FileManager.default.removeItem(at: file)
            for text in ["", "\u{7f}EL", "#include <eos.h>\n", String(repeating: "x", count: 100)] {
                try Data(text.utf8).write(to: file)
                #expect(refusal(file) == "is not a shared object, because it has no ELF header")
            }
            let program = directory.appending(path: "program.o")
            try Fixture.build(at: program, options: ["-c"])
            #expect(
                refusal(program) == "is not a shared object, because its ELF type is 1, not 3; link it with -shared")
        }
    }

    /// A cut file must not reach the dynamic loader, which would end the process.
    @Test func refusesCutFilesOfEveryLength() throws {
        try Fixture.withDirectory { directory in
            let whole = try Data(
                contentsOf: URL(filePath: try Fixture.build(at: directory.appending(path: "whole.so"))))
            let file = directory.appending(path: "cut.so")
            for length in [4, 20, 63, 64, 100, 500] + Array(stride(from: 1000, to: whole.count, by: 997))
                + [whole.count - 1]
            {
                try whole.prefix(length).write(to: file)
                #expect(
                    refusal(file)
                        == "is damaged, because it ends after \(length) bytes, before the end of its contents; build "
                        + "it again"
                )
            }
        }
    }

    @Test func refusesAnotherMachine() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "other.so")
            let whole = try Data(contentsOf: URL(filePath: try Fixture.build(at: file)))
            let own = Int(whole[18])
            for (place, value, found) in [
                (18, UInt8(243), "ELF class 2, byte order 1, machine 243"),
                (4, 1, "ELF class 1, byte order 1, machine \(own)"),
                (5, 2, "ELF class 2, byte order 2, machine \(own)"),
            ] {
                var other = whole
                other[place] = value
                try other.write(to: file)
                #expect(
                    refusal(file).hasPrefix(
                        "was built for another machine: \(found); this machine needs class 2, byte order 1, machine "
                            + "\(own) ("
                    ))
            }
        }
    }

    @Test func passesTheLoadersMessageOn() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "undefined.so")
            try Fixture.build(["UNDEFINED"], at: file)
            #expect(refusal(file) == "undefined symbol: missing_function")
        }
    }

    @Test(arguments: [
        (["NO_ENTRY"], "does not export eos_plugin_entry; it is not a plugin of eos, or it hides the symbol"),
        (["ENTRY_NULL"], "can't serve this host: eos_plugin_entry returned NULL for ABI 1.0"),
        (
            ["ABI_MAJOR=2"],
            "eos_plugin.abi_major is 2, but EOS_ABI_MAJOR of this host is 1; build the plugin with the header of eos "
                + "1.x"
        ),
        (
            ["ABI_MAJOR=2", "STRUCT_SIZE=8"],
            "eos_plugin.abi_major is 2, but EOS_ABI_MAJOR of this host is 1; build the plugin with the header of eos "
                + "1.x"
        ),
        (
            ["STRUCT_SIZE=4"],
            "eos_plugin has struct_size 4; this host needs at least 8; set it to sizeof(eos_plugin)"
        ),
        (
            ["STRUCT_SIZE=48"],
            "eos_plugin has struct_size 48; this host needs at least 64; set it to sizeof(eos_plugin)"
        ),
        (["PLUGIN_ID=NULL"], "eos_plugin.id is missing"),
        (
            ["PLUGIN_ID=\"fixture\""],
            "eos_plugin.id is \"fixture\"; it must be a reverse domain name, such as \"org.example.name\": at least "
                + "two parts of "
                + "letters, digits, '-' and '_'"
        ),
        (
            ["PLUGIN_ID=\"org..fixture\""],
            "eos_plugin.id is \"org..fixture\"; it must be a reverse domain name, such as \"org.example.name\": at "
                + "least two parts "
                + "of letters, digits, '-' and '_'"
        ),
        (["INIT_FAILS"], "needs a GPU"),
        (["NO_GET_FACTORY"], "eos_plugin.get_factory is NULL"),
        (
            ["FACTORY_SIZE=16"],
            "the factory eos.objective/1 has struct_size 16; this host needs at least 40; set it to "
                + "sizeof(eos_objective_factory)"
        ),
        (["NO_CREATE"], "the factory eos.objective/1 lacks count, descriptor or create; set all three"),
        (["COUNT=-1"], "the factory eos.objective/1 has a count of -1; it must be 0 to 10000"),
        (["COUNT=3"], "the descriptor of objective 2 is NULL"),
        (
            ["DESCRIPTOR_SIZE=8"],
            "the descriptor of objective 0 has struct_size 8; this host needs at least 24; set it to "
                + "sizeof(eos_descriptor)"
        ),
        (
            ["OBJECTIVE_ID=\"bowl\""],
            "the id of objective 0 is \"bowl\"; it must be a reverse domain name, such as \"org.example.name\": at "
                + "least two parts "
                + "of letters, digits, '-' and '_'"
        ),
        (["SECOND_ID=OBJECTIVE_ID"], "offers the objective org.example.bowl twice"),
    ])
    func refusesABrokenContract(defines: [String], message: String) throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "broken.so")
            try Fixture.build(defines, at: file)
            #expect(refusal(file) == message)
            // Not another reason, such as an init that was called before.
            #expect(refusal(file) == message)
        }
    }

    @Test(arguments: [
        (
            ".key=\"Big\",.type=EOS_TYPE_BOOL",
            "parameters[7].key is \"Big\"; it must be lower case words, such as \"first_step\" or \"data.file\""
        ),
        (".type=EOS_TYPE_BOOL", "parameters[7].key is missing"),
        (".key=\"a\",.type=9", "a: type is 9; it must be one of EOS_TYPE_* (1 to 6)"),
        (".key=\"size\",.type=EOS_TYPE_BOOL", "parameters[7]: the key size is declared twice"),
        (
            ".key=\"a\",.type=EOS_TYPE_I64,.default_value=\"many\"",
            "a: its default: a = \"many\" is a string; it must be an integer"
        ),
        (
            ".key=\"a\",.type=EOS_TYPE_F64,.default_value=\"3\",.minimum=0,.maximum=1",
            "a: its default: a = 3 is out of range; it must be 0 to 1"
        ),
        (
            ".key=\"a\",.type=EOS_TYPE_STRING,.default_value=\"x\",.choices=\"y|z\"",
            "a: its default: a = \"x\" is not one of y, z"
        ),
        (
            ".key=\"a\",.type=EOS_TYPE_F64,.minimum=2,.maximum=1",
            "a: minimum 2.0 is above maximum 1.0; swap them"
        ),
        (
            ".key=\"a\",.type=EOS_TYPE_I64,.flags=EOS_PARAMETER_AUTO",
            "a: EOS_PARAMETER_AUTO is allowed only for EOS_TYPE_F64"
        ),
        (
            ".key=\"a\",.type=EOS_TYPE_I64,.default_value=\"1\",.flags=EOS_PARAMETER_REQUIRED",
            "a is required but has a default; remove one"
        ),
    ])
    func refusesABrokenSchema(row: String, message: String) throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "broken.so")
            try Fixture.build(["EXTRA_ROW=\(row)"], at: file)
            #expect(refusal(file) == "org.example.bowl: \(message)")
        }
    }

    @Test func theKeysOfTheDataAreTheHosts() throws {
        try Fixture.withDirectory { directory in
            let file = directory.appending(path: "broken.so")
            try Fixture.build(["FLAGS=EOS_USES_DATA", "EXTRA_ROW=.key=\"data.file\",.type=EOS_TYPE_STRING"], at: file)
            #expect(
                refusal(file)
                    == "org.example.bowl: data.file is a key of the host if EOS_USES_DATA is set; use another key")
        }
    }

    /// A table of a later release is longer: what this host does not know is left alone.
    @Test func takesLongerTables() throws {
        let plugin = try Fixture.load([
            "STRUCT_SIZE=(sizeof(eos_plugin)+64)", "DESCRIPTOR_SIZE=200", "FACTORY_SIZE=400",
        ])
        #expect(plugin.description.objectives.count == 2)
    }
}
