import Foundation
import Testing
import TestSupport

/// Manifests through the command: what they describe trains, and what ends the process is theirs.
@Suite struct ForeignTests {
    private static let spec = """
        [objective]
        plugin = "rosenbrock"
        [policy]
        name = "search"
        [stop]
        iterations = 5
        [probes.sharpness]
        every = 0
        """

    /// A manifest `searches.toml` on the plugin path, for a search whose body in C is `body`.
    private func command(_ body: String) throws -> Command {
        let eos = try Command()
        eos.environment["EOS_PLUGIN_PATH"] = "."
        try eos.write(
            """
            #include <stdlib.h>
            #include <unistd.h>
            double search(double (*phi)(double), double first) { \(body) }
            """, to: "search.c")
        let built = try eos.shell("cc -shared -fPIC -O1 -o libsearch.so search.c")
        try #require(built.status == 0, "\(built.error)")
        try eos.write(
            """
            id = "org.example.searches"
            version = "1"
            licence = "MIT"
            library = "libsearch.so"
            [[policy]]
            id = "org.example.search"
            [policy.search]
            function = "double search(double (*phi)(double), double first)"
            arguments = { phi = "phi", first = "next_step" }
            returns = "step"
            """, to: "searches.toml")
        try eos.write(Self.spec, to: "spec.toml")
        return eos
    }

    @Test func aSearchTrains() throws {
        let eos = try command("double t = first; while (phi(t) > phi(0)) t /= 2; return t;")
        let summary = try members(try eos("train", "spec.toml", "--out", "run", "--json").output)
        #expect(summary["iterations"] as? Int == 5)
        let loss = try #require(summary["loss"] as? [String: Any])
        #expect(try #require(loss["last"] as? Double) < #require(loss["initial"] as? Double))
    }

    /// A library beside a manifest is no plugin, and the manifest is what names it.
    @Test(arguments: ["mix", "mixture"]) func aFaultOfAManifestIsNotBlamedOnItsLibrary(_ name: String) throws {
        let eos = try Command()
        eos.environment["EOS_PLUGIN_PATH"] = "."
        try eos.write("double value(const double *x) { return x[0] * x[0]; }", to: "mix.c")
        #expect(try eos.shell("cc -shared -fPIC -O1 -o libmix.so mix.c && cp libmix.so alone.so").status == 0)
        try eos.write(
            """
            id = "org.example.mix"
            version = "1"
            licence = "MIT"
            library = "libmix.so"
            [[objective]]
            id = "org.example.mixture"
            dimension = "three"
            """, to: "mix.toml")
        try eos.write(Self.spec.replacing("rosenbrock", with: name).replacing("search", with: "nls"), to: "spec.toml")
        let result = try eos("train", "spec.toml")
        #expect(result.status == 2 && result.messages.count == 1)
        #expect(result.error.contains("mix.toml:7: objective.dimension"), "\(result.error)")
        #expect(!result.error.contains(".so: "), "\(result.error)")
    }

    /// On the thread of the search, while the trainer waits for it.
    @Test(arguments: [
        ("if (phi(first) > 0) *(volatile int *)8 = 1; return first;", 139, "ended the process by SIGSEGV"),
        ("if (phi(first) > 0) abort(); return first;", 134, "ended the process by SIGABRT"),
        ("if (phi(first) > 0) exit(3); return first;", 1, "ended the process by exit"),
    ])
    func aSearchThatEndsTheProcessIsNamed(_ body: String, _ status: Int32, _ words: String) throws {
        let eos = try command(body)
        let result = try eos("train", "spec.toml", "--out", "run")
        #expect(result.status == status)
        let messages = result.messages
        #expect(messages.count == 1, "\(result.error)")
        #expect(messages.first?.contains("searches.toml") == true, "\(result.error)")
        #expect(messages.first?.contains(words) == true, "\(result.error)")
        #expect(messages.first?.contains("--resume run") == true || messages.first?.contains("--resume /") == true)
    }
}
