import EosRuns
import Foundation
import TestSupport
import Testing

/// A run has its own copies of its plugins: whatever becomes of the files, it goes on with what it began with.
@Suite struct OwnPluginsTests {
    private static let spec = """
        [objective]
        plugin = "bowl"
        [policy]
        name = "constant"
        step = 0.01
        [stop]
        iterations = 40
        [probes.sharpness]
        every = 0
        """

    private func command() throws -> Command {
        let eos = try Command()
        eos.environment["EOS_PLUGIN_PATH"] = eos.directory + "/plugins"
        try eos.write(Self.spec, to: "spec.toml")
        try FileManager.default.createDirectory(
            atPath: eos.directory + "/plugins/lib", withIntermediateDirectories: true)
        return eos
    }

    /// Builds the bowl as `file`; two of the same options differ in their factor only.
    private func build(
        _ eos: Command, _ file: String, factor: String, version: String = "1.0.0", pause: Int = 0,
        _ options: String = ""
    ) throws {
        let built = try eos.shell(
            """
            cc -std=gnu11 -shared -fPIC -O1 -I '\(Tree.root)/include' -DFACTOR='\(factor)' -DVERSION='"\(version)"' \
            -DPAUSE=\(pause) -o '\(file)' '\(Tree.root)/Tests/Fixtures/bowl.c' \(options) -ldl
            """)
        try #require(built.status == 0, "\(built.error)")
    }

    private func losses(_ eos: Command, _ run: String) throws -> [Substring] {
        let export = try eos("export", run)
        return export.output.split(separator: "\n").map { $0.split(separator: ",")[1] }
    }

    private func facts(_ eos: Command, _ run: String) throws -> [String: String] {
        try RunDatabase.open(try RunDirectory.open("\(eos.directory)/\(run)"), readOnly: true).facts()
    }

    /// Hidden files beside runs: copies that belong to none.
    private func remains(_ eos: Command) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: eos.directory).filter { $0.hasPrefix(".eos-plugins") }
    }

    enum Kind: String, CaseIterable {
        case plugin, library, manifest, distantLibrary, absoluteLibrary
    }

    /// Of each kind, the file whose bytes a change goes to; `make` builds it with a factor.
    private func place(_ eos: Command, _ kind: Kind) throws -> (file: String, make: (String, String) throws -> Void) {
        func library(_ factor: String, _ file: String, _ pause: Int) throws {
            // The numbers that make it longer: a file that is written over in place is cut first.
            let built = try eos.shell(
                """
                printf '#include <unistd.h>\\nstatic const char pad[300000] = {\(factor.filter(\.isNumber))};
                double helper_factor(void) { return \(factor); }
                double value(const double *x, double *g) { double f = 0; usleep(\(pause)); for (int i = 0; i < 3; i++) {
                f += \(factor) * x[i] * x[i] / 2 + 0 * pad[i]; if (g) g[i] = \(factor) * x[i]; } return f; }
                ' >library.c && cc -shared -fPIC -O1 -o '\(file)' library.c
                """)
            try #require(built.status == 0, "\(built.error)")
        }
        switch kind {
        case .plugin:
            return ("plugins/bowl.so", { factor, file in try build(eos, file, factor: factor, pause: 20_000) })
        case .library:
            try library("1", "plugins/lib/libhelper.so", 0)
            try build(
                eos, "plugins/bowl.so", factor: "0", pause: 20_000,
                "-DHELPER -Lplugins/lib -lhelper '-Wl,-rpath,$ORIGIN/lib'")
            return ("plugins/lib/libhelper.so", { try library($0, $1, 0) })
        case .manifest, .distantLibrary, .absoluteLibrary:
            try FileManager.default.createDirectory(
                atPath: eos.directory + "/elsewhere", withIntermediateDirectories: true)
            let name =
                switch kind {
                case .manifest: "libvalue.so"
                case .distantLibrary: "../elsewhere/libvalue.so"
                default: "\(eos.directory)/elsewhere/libvalue.so"
                }
            try eos.write(
                """
                id = "org.example.bowl"
                version = "1.0.0"
                licence = "MIT"
                library = "\(name)"
                [[objective]]
                id = "org.example.bowl"
                title = "a bowl"
                dimension = 3
                start = [1.5, 1.5, 1.5]
                [objective.value]
                function = "double value(const double *x, double *g)"
                arguments = { x = "point", g = "gradient" }
                returns = "value"
                gradient_may_be_null = true
                """, to: "plugins/bowl.toml")
            let file = name.hasPrefix("/") ? name : "plugins/\(name)"
            return (file, { try library($0, $1, 20_000) })
        }
    }

    @Test(arguments: Kind.allCases) func aFileThatIsWrittenOverChangesNoRun(_ kind: Kind) throws {
        let eos = try command()
        let (file, make) = try place(eos, kind)
        try make("1", file)
        try make("3", "new.so")
        let whole = try eos("train", "spec.toml", "--out", "whole")
        #expect(whole.status == 0, "\(whole.error)")

        // The bytes of the file itself change while it is going.
        let started = try eos.start("train", "spec.toml", "--out", "run", "--set", "stop.iterations=30")
        try started.wait(for: "run \(eos.directory)/run")
        usleep(200_000)
        #expect(started.process.isRunning)
        #expect(try eos.shell("cp new.so '\(file)'").status == 0)
        started.process.waitUntilExit()
        let result = try started.result()
        #expect(result.status == 0, "\(result.error)")

        // It goes on with its copy, and says so.
        let resumed = try eos("train", "--resume", "run", "--set", "stop.iterations=40")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(resumed.error.contains("has changed since the run began"), "\(resumed.error)")
        #expect(try losses(eos, "run") == losses(eos, "whole"))
        #expect(try remains(eos).isEmpty)
        // The next run has the new one.
        #expect(try eos("train", "spec.toml", "--out", "next").status == 0)
        #expect(try losses(eos, "next") != losses(eos, "whole"))
    }

    @Test func theNewPluginIsTakenKnowinglyAndRecorded() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        let before = try facts(eos, "run")
        #expect(before["objective.plugin"] == "org.example.bowl 1.0.0")
        #expect(before["objective.file"] == eos.directory + "/plugins/bowl.so")
        #expect(before["objective.digest"]?.count == 16)
        try build(eos, "plugins/bowl.so", factor: "1", version: "1.1.0")
        let forced = try eos("train", "--resume", "run", "--force-plugin", "--set", "stop.iterations=40")
        #expect(forced.status == 0, "\(forced.error)")
        #expect(
            forced.error.contains("\"org.example.bowl 1.0.0\" and is \"org.example.bowl 1.1.0\""), "\(forced.error)")
        let after = try facts(eos, "run")
        #expect(after["objective.plugin"] == "org.example.bowl 1.1.0")
        #expect(after["objective.digest"] != before["objective.digest"])
        let database = try RunDatabase.open(try RunDirectory.open(eos.directory + "/run"), readOnly: true)
        let events = try database.events(after: 0, limit: .max, of: "run").filter { $0.kind == .plugins }
        #expect(events.count == 1 && events[0].data.contains("org.example.bowl 1.1.0"))
        // From here on it is the run's own.
        try FileManager.default.removeItem(atPath: eos.directory + "/plugins/bowl.so")
        let again = try eos("train", "--resume", "run", "--set", "stop.iterations=50")
        #expect(again.status == 0, "\(again.error)")
        #expect(try eos("train", "spec.toml", "--force-plugin").status == 2)
    }

    /// A run that has lost its copies goes on with what is installed, if that is the same.
    @Test func withoutItsCopiesAnotherPluginIsRefused() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        #expect(try eos.shell("cp -a run same && rm -r same/plugins run/plugins").status == 0)
        #expect(try eos("sharpness", "same").status == 0)
        let same = try eos("train", "--resume", "same", "--set", "stop.iterations=30")
        #expect(same.status == 0, "\(same.error)")
        #expect(FileManager.default.fileExists(atPath: eos.directory + "/same/plugins/plugins.json"))

        try build(eos, "plugins/bowl.so", factor: "1", version: "1.1.0")
        let digest = try #require(facts(eos, "run")["objective.digest"])
        let refused = try eos("train", "--resume", "run", "--set", "stop.iterations=30")
        #expect(refused.status == 2 && refused.messages.count == 1)
        #expect(
            refused.error.contains("objective.plugin was \"org.example.bowl 1.0.0\" and is \"org.example.bowl 1.1.0\"")
                && refused.error.contains("objective.digest was \"\(digest)\" and is ")
                && refused.error.contains("--force-plugin"), "\(refused.error)")
        #expect(try facts(eos, "run")["objective.plugin"] == "org.example.bowl 1.0.0")
        // What it measures would be the curvature of another function.
        let sharpness = try eos("sharpness", "run")
        #expect(sharpness.status == 2 && sharpness.output.isEmpty && sharpness.messages.count == 1)
        #expect(sharpness.error.contains("objective.digest was \"\(digest)\" and is "), "\(sharpness.error)")
        let forced = try eos("train", "--resume", "run", "--set", "stop.iterations=30", "--force-plugin")
        #expect(forced.status == 0, "\(forced.error)")
        #expect(try facts(eos, "run")["objective.plugin"] == "org.example.bowl 1.1.0")
    }

    @Test func aCopyThatWasChangedIsRefused() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        try build(eos, "other.so", factor: "2")
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        let copy = "run/plugins/files\(eos.directory)/plugins/bowl.so"
        #expect(try eos.shell("chmod u+w '\(copy)' && cp other.so '\(copy)'").status == 0)
        for words in [["train", "--resume", "run", "--set", "stop.iterations=30"], ["sharpness", "run"]] {
            let result = try eos.shell("\"$EOS\" " + words.joined(separator: " "))
            #expect(result.status == 1 && result.messages.count == 1)
            #expect(result.error.contains("its content has changed"), "\(result.error)")
        }
    }

    /// What is wrong with which file, and what to do about it; that helps.
    @Test(arguments: [
        ("rm 'COPY'", "/COPY: the run's copy of PLUGIN is missing; restore it from a copy of the run"),
        (
            "printf '[' >run/plugins/plugins.json",
            "run/plugins/plugins.json: the list of the run's plugins is damaged ("
        ),
        (
            "printf '[{}]' >run/plugins/plugins.json",
            "run/plugins/plugins.json: the list of the run's plugins is damaged ("
        ),
        (
            "printf '\\377' >run/plugins/plugins.json",
            "run/plugins/plugins.json: the list of the run's plugins is damaged ("
        ),
        ("chmod u+w 'COPY' && printf x >>'COPY'", "/COPY: its content has changed"),
    ])
    func damageToTheCopiesHasARemedy(_ damage: String, _ sentence: String) throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        let plugin = eos.directory + "/plugins/bowl.so"
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        func filled(_ text: String) -> String {
            text.replacing("COPY", with: "run/plugins/files\(plugin)").replacing("PLUGIN", with: plugin)
        }
        #expect(try eos.shell(filled(damage)).status == 0)
        for words in ["sharpness run", "analyze run phases", "train --resume run --set stop.iterations=30"] {
            let result = try eos.shell("\"$EOS\" \(words)")
            #expect((1...2).contains(result.status) && result.messages.count == 1, "\(words): \(result)")
            #expect(result.error.contains(filled(sentence)), "\(words): \(result.error)")
            #expect(
                result.error.contains("eos train --resume \(eos.directory)/run --force-plugin"),
                "\(words): \(result.error)")
        }
        let forced = try eos("train", "--resume", "run", "--force-plugin", "--set", "stop.iterations=30")
        #expect(forced.status == 0, "\(forced.error)")
        #expect(try eos("sharpness", "run").status == 0)
    }

    /// A run that had converged ends with what the new plugin says of the parameters, whether it goes on or not.
    @Test(arguments: [("0.5", 0.5), ("3", 3.0)])
    func theNewPluginIsEvaluatedWhereTheOldOneHadEnded(_ factor: String, _ ratio: Double) throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        let first = try eos("train", "spec.toml", "--out", "run", "--set", "stop.loss=2", "--json")
        let before = try members(first.output)
        #expect(before["state"] as? String == "converged", "\(first)")
        let end = try #require(before["iterations"] as? Int)
        let old = try #require((before["loss"] as? [String: Any])?["last"] as? Double)
        // The same content: nothing is measured anew, and a run that has converged stays so.
        let same = try eos("train", "--resume", "run", "--force-plugin")
        #expect(same.status == 2 && same.error.contains("training has converged"), "\(same)")

        try build(eos, "plugins/bowl.so", factor: factor)
        let forced = try eos(
            "train", "--resume", "run", "--force-plugin", "--set", "stop.iterations=200", "--json")
        #expect(forced.status == 0, "\(forced.error)")
        #expect(forced.error.contains("the value at iteration \(end) was "), "\(forced.error)")
        let after = try members(forced.output)
        #expect(after["state"] as? String == "converged")
        let loss = try #require((after["loss"] as? [String: Any])?["last"] as? Double)
        let losses = try losses(eos, "run").dropFirst().map { Double($0)! }
        #expect(abs(losses[end] / (ratio * old) - 1) < 1e-12)
        #expect(abs(try #require(losses.last) / loss - 1) < 1e-12)
        if ratio < 1 {
            #expect(after["iterations"] as? Int == end && abs(loss / (ratio * old) - 1) < 1e-12)
        } else {
            // x shrinks by 1 - 0.01 factor a step.
            let steps = try #require(after["iterations"] as? Int) - end
            #expect(steps > 0 && loss < 2)
            #expect(abs(loss / (ratio * old * pow(1 - 0.01 * ratio, 2 * Double(steps))) - 1) < 1e-12)
        }
        let shown = try eos("show", "run", "--json")
        #expect(shown.status == 0, "\(shown.error)")
        let report = try members(shown.output)
        #expect((report["loss"] as? [String: Any])?["last"] as? Double == loss, "\(shown.output)")
        // From here on it is its own: it goes on without force.
        let further = try eos("train", "--resume", "run", "--set", "stop.loss=0", "--set", "stop.iterations=200")
        #expect(further.status == 0, "\(further.error)")
    }

    /// Everything that a run needs lies in its directory: it may be moved to where its plugins are not.
    @Test(arguments: Kind.allCases) func aRunThatIsMovedGoesOn(_ kind: Kind) throws {
        let eos = try command()
        let (file, make) = try place(eos, kind)
        try make("1", file)
        #expect(try eos("train", "spec.toml", "--out", "whole").status == 0)
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        #expect(try eos.shell("rm -r plugins elsewhere; mkdir there plugins && mv run there/moved").status != 127)
        let resumed = try eos("train", "--resume", "there/moved", "--set", "stop.iterations=40")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(resumed.messages.isEmpty && !resumed.error.contains("warning"), "\(resumed.error)")
        #expect(try losses(eos, "there/moved") == losses(eos, "whole"))
        let sharpness = try eos("sharpness", "there/moved", "--json")
        #expect(sharpness.status == 0, "\(sharpness.error)")
        let values = try members(sharpness.output)["eigenvalues"] as? [[String: Any]]
        #expect(abs((try #require(values?.first?["value"] as? Double)) - 1) < 1e-4)
        let phases = try eos("analyze", "there/moved", "phases", "--every", "10", "--json")
        #expect(phases.status == 0, "\(phases.error)")
    }

    /// What a plugin opens beside itself is found beside its copy.
    @Test func filesBesideThePluginAreFound() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "0", "-DDATA")
        try eos.write("2.5", to: "plugins/factor.txt")
        let result = try eos("train", "spec.toml", "--out", "run", "--json")
        #expect(result.status == 0, "\(result.error)")
        let loss = try #require(try members(result.output)["loss"] as? [String: Any])
        #expect(loss["initial"] as? Double == 2.5 * 3 * 1.5 * 1.5 / 2)
    }

    /// A copy is of one file or of the other, never of a mixture, whoever writes meanwhile.
    @Test func copiesAreWhole() throws {
        let eos = try command()
        try build(eos, "one.so", factor: "1")
        try build(eos, "two.so", factor: "2", version: "2.0.0", "-DLONG -Wl,--build-id=sha1")
        #expect(try eos.shell("cp one.so plugins/bowl.so").status == 0)
        let result = try eos.shell(
            """
            (while [ ! -e stop ]; do cp two.so plugins/bowl.so; sleep 0.02; cp one.so plugins/bowl.so; sleep 0.02; done) &
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "$EOS" train spec.toml --out run$i --set stop.iterations=1 >/dev/null 2>&1; done
            touch stop; wait
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
                f=run$i/plugins/files$PWD/plugins/bowl.so
                [ -e run$i ] || continue
                if cmp -s $f one.so || cmp -s $f two.so; then echo whole; else echo torn; fi
            done
            """)
        #expect(!result.output.contains("torn"))
        #expect(result.output.contains("whole"), "\(result.output)")
    }

    @Test func aRunThatCannotBeginLeavesNothing() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "0", "-DDATA")
        let before = try FileManager.default.contentsOfDirectory(atPath: eos.directory).filter { !$0.hasPrefix(".") }
        let result = try eos("train", "spec.toml")
        #expect(result.status == 1 && result.error.contains("factor.txt is missing"), "\(result.error)")
        let after = try FileManager.default.contentsOfDirectory(atPath: eos.directory).filter { !$0.hasPrefix(".") }
        #expect(Set(before) == Set(after))
        #expect(try remains(eos).isEmpty)
    }

    /// Copies that somebody else could have written are left alone: code in them would run as the user.
    @Test func copiesThatAreNotTrustedAreNotLoaded() throws {
        let eos = try command()
        try build(eos, "plugins/bowl.so", factor: "1")
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "stop.iterations=20").status == 0)
        #expect(try eos.shell("chmod o+w 'run/plugins/files\(eos.directory)/plugins'").status == 0)
        let result = try eos("sharpness", "run")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.error.contains("is not trusted: the directory"), "\(result.error)")
        #expect(result.error.contains("the installed plugins are used instead"), "\(result.error)")
    }
}
