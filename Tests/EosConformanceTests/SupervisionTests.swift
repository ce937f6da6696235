import CEos
import EosConformance
import EosCore
import TestSupport
import Testing

/// What becomes of checks that end, or do not end, their process; and of users' mistakes.
@Suite struct SupervisionTests {
    @Test func aCheckThatHangsIsEndedAndTheOthersGoOn() throws {
        let report = try Nonconforming.check("HANGS", limit: 2, only: ["nonfinite", "threads"])
        #expect(report.checks(.fail) == ["objective nonfinite"])
        #expect(report.checks(.pass) == ["objective threads", "policy nonfinite"])
        #expect(report.messages("nonfinite").contains("does not end within 2 s, with infinity in element 0"))
    }

    @Test func theOrderIsKeptAfterACrash() throws {
        let whole = try Nonconforming.check(nil)
        let crashed = try Nonconforming.check("CRASHES")
        #expect(crashed.entries.map(\.item) == whole.entries.map(\.item))
    }

    @Test(arguments: [
        ("INIT_CRASHES", "loading it ends the process by SIGSEGV"), ("INIT_HANGS", "loading it does not end"),
    ])
    func aPluginThatCantBeLoadedFailsItsFirstCheck(_ rule: String, _ words: String) throws {
        let report = try Nonconforming.check(rule, limit: 2)
        #expect(report.checks(.fail) == ["plugin entry"])
        #expect(report.entries.count == 1)
        #expect(report.name == nil)
        #expect(report.messages("entry").contains(words), "\(report.messages("entry"))")
    }

    @Test func aPluginOfAnotherABIFailsItsFirstCheck() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/plugin.so"
        try Nonconforming.build("plugin.c", "-DABI_MAJOR=7", at: file)
        let report = try Nonconforming.check(file: file)
        #expect(report.checks(.fail) == ["plugin entry"])
        #expect(report.messages("entry").contains("abi_major is 7"))
    }

    @Test func aKeyThatIsMissingIsNamed() throws {
        let report = try Nonconforming.check(file: Tree.products + "/libeos-plugin-mlp.so")
        #expect(report.checks(.fail) == [])
        #expect(report.messages("gradient").contains("--set layers="))
    }

    @Test(arguments: [
        (CheckJob(only: ["gradent"]), "did you mean gradient?"),
        (CheckJob(assignments: ["sise=3"]), "did you mean size?"),
        (CheckJob(assignments: ["size"]), "write key=value"), (CheckJob(objective: "left"), "offers no objective left"),
    ])
    func aMistakeOfTheUserIsThrown(_ job: CheckJob, _ words: String) throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/plugin.so"
        try Nonconforming.build(Nonconforming.sources, "", at: file)
        var supervisor = CheckSupervisor(file, job, program: Tree.products + "/eos-worker")
        let error = try #require(throws: EosError.self) { try supervisor.run() }
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func aFileThatIsNotThereIsAMistakeOfTheUser() throws {
        let error = try #require(throws: EosError.self) { try Nonconforming.check(file: "/nowhere/plugin.so") }
        #expect(error.status == EOS_E_IO)
    }

    @Test func valuesReachWhatIsMade() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/plugin.so"
        try Nonconforming.build(Nonconforming.sources, "", at: file)
        let report = try Nonconforming.check(file: file, assignments: ["size=7", "dtype=f32"], only: ["tables"])
        #expect(report.messages("tables").contains("f32, dimension 7"))
    }
}
