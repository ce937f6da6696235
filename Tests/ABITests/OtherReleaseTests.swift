import CEos
import EosCore
import EosPluginHost
import Foundation
import Testing
import TestSupport

/// A plugin built with a header that has fewer fields, or more, than this host knows loads and trains.
@Suite struct OtherReleaseTests {
    private static let source = "Tests/ABITests/Fixtures/descent.c"

    /// Trains with the objective and the policy of the plugin. `file` is of this test alone: a plugin stays loaded.
    private func train(_ file: String, _ assignments: String = "scale=4") throws -> eos_progress {
        var catalogue = Catalogue()
        try catalogue.add(try LoadedPlugin.load(path: file))
        let host = Host(threads: 1)
        var keys = Configuration()
        try keys.set(assignments: assignments)
        let objective = try catalogue.makeObjective("descent-bowl", keys, host: host)
        let policy = try catalogue.makePolicy("descent-halving", host: host)
        var settings = Configuration()
        try settings.set(assignments: "stop.iterations=60 sharpness.every=20")
        let trainer = try Trainer(objective: objective, policy: policy, settings: try TrainerSettings(settings))
        try trainer.run(objective)
        return trainer.progress
    }

    private func expectTrained(_ progress: eos_progress, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(progress.stop == EOS_STOP_LOSS, sourceLocation: sourceLocation)
        #expect(progress.value < 1e-8, sourceLocation: sourceLocation)
        // By differences of gradients: the plugin has no products of its own.
        #expect(abs(progress.sharpness - 4) < 1e-3, sourceLocation: sourceLocation)
    }

    @Test func todaysRuns() throws {
        expectTrained(try train(try BuiltFixture.build(Self.source)))
    }

    @Test func oneBuiltWithFewerFieldsRuns() throws {
        let file = try BuiltFixture.build(Self.source, include: "Tests/ABITests/Fixtures/earlier")
        expectTrained(try train(file))
    }

    @Test func oneWhoseDescriptorsEndAtTheTitleRuns() throws {
        let file = try BuiltFixture.build(
            Self.source, ["-DWITHOUT_PARAMETERS"], include: "Tests/ABITests/Fixtures/earlier")
        expectTrained(try train(file, ""))
    }

    /// Every struct of the header has two more fields, which this host does not know.
    @Test func oneBuiltWithMoreFieldsRuns() throws {
        let headers = try EditedHeaders()
        let more = "\n    double later;\n    void (*more)(void *self);\n"
        for file in ["config.h", "data.h", "objective.h", "plugin.h", "policy.h", "stream.h"] {
            try headers.edit(file) { $0.replacing(/\n} (eos_\w+);/) { "\(more)} \($0.1);" } }
        }
        try headers.edit("host.h") { $0.replacing("\n};", with: "\(more)};") }
        expectTrained(
            try train(
                try BuiltFixture.build(
                    Self.source, ["-DLATER", "-Wno-missing-field-initializers"], include: headers.path)))
    }

    /// The sizes that a host asks for are those of the earlier header, to the byte.
    @Test func tablesThatLackWhatTheyMustHaveAreRefused() throws {
        for (table, size) in [
            ("eos_plugin", 64), ("eos_objective_factory", 40), ("eos_policy_factory", 40), ("eos_descriptor", 24),
            ("eos_parameter", 64),
        ] {
            // A macro of the name of the struct's own sizeof: each table of the plugin says 8 bytes less.
            let directory = try TemporaryDirectory()
            let text = try String(contentsOfFile: "\(Tree.root)/\(Self.source)", encoding: .utf8)
                .replacing("sizeof(\(table))", with: "\(size - 8)")
            try text.write(toFile: "\(directory.path)/short.c", atomically: true, encoding: .utf8)
            let file = try BuiltFixture.build(
                "\(directory.path)/short.c", include: "Tests/ABITests/Fixtures/earlier", key: table)
            let error = #expect(throws: EosError.self) { try LoadedPlugin.load(path: file) }
            #expect(
                error?.message.contains(
                    "struct_size \(size - 8); this host needs at least \(size); set it to sizeof(\(table))") == true,
                "\(error?.message ?? "")")
        }
    }
}
