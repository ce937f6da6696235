import Foundation
import TestSupport
import Testing

/// Whatever a command prints is printed whole, or it says that it is not, and fails.
@Suite struct OutputTests {
    /// How standard output fails, and what is expected of the command.
    struct Failing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// A script around COMMAND, whose status is left in the file `status`.
        let script: String
        let status: Int32
        /// Words of the message; empty: there is none.
        let words: String
    }

    private static let failing = [
        Failing(
            testDescription: "a full disk", script: "COMMAND >/dev/full; echo $? >status", status: 1,
            words: "standard output can't be written: No space left on device"),
        Failing(
            testDescription: "a closed descriptor", script: "COMMAND >&-; echo $? >status", status: 1,
            words: "standard output can't be written: it is closed"),
        Failing(
            testDescription: "a limit of the file size",
            script: "(ulimit -f 0; exec COMMAND) 2>&1 >grows | cat >&2; exit 0", status: -1,
            words: "standard output can't be written: File too large"),
        Failing(
            testDescription: "a pipe that nobody reads",
            // The reader has gone before the command begins.
            script: "mkfifo pipe; (read line <pipe) & exec 5>pipe; echo >&5; wait; COMMAND >&5; echo $? >status",
            status: 141, words: ""),
    ]

    /// Every command that prints without a daemon. RUN is a run that has ended, SPEC its spec.
    private static let commands = [
        "$EOS --help", "$EOS", "$EOS --version", "$EOS help train", "$EOS train --help", "$EOS plugin check --help",
        "$EOS --generate-completion-script bash", "$EOS plugins", "$EOS plugins --json", "$EOS policies",
        "$EOS policies --json", "$EOS plugin check PLUGIN --only entry", "$EOS plugin check PLUGIN --only entry --json",
        "$EOS plugin check --list", "$EOS plugin explain PLUGIN", "$EOS plugin explain PLUGIN --json",
        "$EOS sharpness SPEC", "$EOS sharpness SPEC --json", "$EOS train SPEC --check", "$EOS show RUN",
        "$EOS show RUN --json", "$EOS show RUN --spec", "$EOS logs RUN", "$EOS logs -f RUN", "$EOS export RUN",
        "$EOS export RUN --csv", "$EOS compare RUN RUN", "$EOS compare RUN RUN --json", "$EOS watch RUN",
        "$EOS wait RUN --json", "$EOS analyze RUN large-steps", "$EOS analyze RUN phases --json",
        "$EOS sweep SPEC --over policy.step=0.1,0.2 --dry-run", "$EOS doctor", "$EOS doctor --json", "$EOSD --help",
        "$EOSD --version", "$WORKER --version",
    ]

    private static let spec = """
        name = "bowl"
        [objective]
        plugin = "quadratic"
        size = 5
        condition = 16
        [policy]
        name = "constant"
        step = 0.1
        [stop]
        iterations = 30
        """

    private func prepared() throws -> Command {
        let eos = try Command()
        eos.environment["EOSD"] = Tree.products + "/eosd"
        eos.environment["WORKER"] = Tree.products + "/eos-worker"
        try eos.write(Self.spec, to: "bowl.toml")
        let result = try eos("train", "bowl.toml", "--out", "run")
        try #require(result.status == 0, "\(result.error)")
        return eos
    }

    private func expect(_ failing: Failing, of command: String, _ eos: Command) throws {
        let command = command.replacing("SPEC", with: "bowl.toml").replacing("RUN", with: "./run")
            .replacing("PLUGIN", with: "\(Tree.products)/libeos-plugin-quadratic.so")
        let result = try eos.shell("rm -f pipe status\n" + failing.script.replacing("COMMAND", with: command))
        let said = result.error.split(separator: "\n").filter { $0.contains("standard output") }
        if failing.status >= 0 {
            let text = try String(contentsOfFile: eos.directory + "/status", encoding: .utf8)
            #expect(text == "\(failing.status)\n", "\(command): \(result.error)")
        }
        if failing.words.isEmpty {
            #expect(said.isEmpty, "\(command): \(result.error)")
        } else {
            #expect(said.count == 1 && said[0].contains(failing.words), "\(command): \(result.error)")
        }
    }

    @Test(arguments: failing) func everyCommandTellsOfIt(_ failing: Failing) throws {
        let eos = try prepared()
        // SQLite can't read a run where no file may grow.
        for command in Self.commands where failing.status >= 0 || !command.contains("RUN") {
            try expect(failing, of: command, eos)
        }
    }

    /// What was trained is kept, whatever becomes of the table.
    @Test(arguments: failing, ["", "--json"]) func aTrainingIsSavedAllTheSame(_ failing: Failing, _ flag: String) throws
    {
        guard failing.status >= 0 else { return }
        let eos = try prepared()
        try expect(failing, of: "$EOS train SPEC --out other \(flag)", eos)
        let report = try members(try eos("show", "./other", "--json").output)
        #expect(report["state"] as? String == "budget_exhausted")
        #expect(FileManager.default.fileExists(atPath: eos.directory + "/other/ckpt/30.safetensors"))
        #expect(try records(eos("export", "./other").output) == records(eos("export", "./run").output))
    }

    /// `eos export RUN | head -1`, and a reader who goes in the middle of what does not fit into a pipe.
    @Test func aReaderMayStop() throws {
        let eos = try prepared()
        try eos.write(valley(), to: "valley.toml")
        #expect(try eos("train", "valley.toml", "--out", "long", "--set", "stop.iterations=5000").status == 0)
        let result = try eos.shell("{ \"$EOS\" export ./long; echo $? >status; } | head -n 1")
        #expect(result.output.hasPrefix("iteration,loss") && result.error.isEmpty, "\(result.error)")
        #expect(try String(contentsOfFile: eos.directory + "/status", encoding: .utf8) == "141\n")
    }

    /// Not an error, where nothing is printed.
    @Test func whatPrintsNothingNeedsNoOutput() throws {
        let eos = try prepared()
        let result = try eos.shell("\"$EOS\" wait ./run >&-")
        #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    }
}
