import Foundation
import Testing

@Suite struct ListingTests {
    @Test func helpAndVersion() throws {
        let eos = try Command()
        for arguments in [
            "", "--help", "train --help", "export --help", "plugins --help", "plugin --help",
            "plugin explain --help", "doctor --help", "help train",
        ] {
            let result = try eos.shell("\"$EOS\" \(arguments)")
            #expect(result.status == 0 && result.error.isEmpty)
            #expect(result.output.contains("USAGE: eos"))
        }
        #expect(try eos("--version").output == "1.0.0\n")
    }

    @Test func pluginsOfTheBuildAreFound() throws {
        let eos = try Command()
        let text = try eos("plugins", "--data").output
        for part in ["eos.rosenbrock 1.0.0", "size  integer, at least 2, default 2", "data.standardize", "searched:"] {
            #expect(text.contains(part), "\(part)")
        }
        let json = try members(try eos("plugins", "--json", "--data").output)
        let plugins = try #require(json["plugins"] as? [[String: Any]])
        let ids = plugins.compactMap { $0["id"] as? String }
        #expect(Set(ids).isSuperset(of: ["eos.mlp", "eos.product", "eos.quadratic", "eos.rosenbrock", "eos.logistic"]))
        #expect((json["data"] as? [[String: Any]])?.contains { $0["key"] as? String == "data.file" } == true)
    }

    @Test func policiesAreListedWithTheirKeys() throws {
        let eos = try Command()
        let policies = try #require(
            JSONSerialization.jsonObject(with: Data(try eos("policies", "--json").output.utf8)) as? [[String: Any]])
        let names = policies.compactMap { $0["name"] as? String }
        #expect(names.contains("nls-ub") && names.contains("cdat"))
        let capped = try #require(policies.first { $0["name"] as? String == "nls-ub" })
        let cap = try #require((capped["parameters"] as? [[String: Any]])?.first { $0["key"] as? String == "cap" })
        #expect(cap["auto"] as? Bool == true && cap["default"] as? String == "auto")
        #expect(try eos("policies").output.contains("nls-ub  "))
    }

    @Test func sharpnessOfASpecAndOfARun() throws {
        let eos = try Command()
        try eos.write("[objective]\nplugin = \"quadratic\"\nsize = 5\ncondition = 16\n", to: "quadratic.toml")
        let json = try members(try eos("sharpness", "quadratic.toml", "--count", "5", "--json").output)
        let values = try #require(json["eigenvalues"] as? [[String: Any]]).compactMap { $0["value"] as? Double }
        #expect(values.count == 5)
        for (value, expected) in zip(values, [1, 0.5, 0.25, 0.125, 0.0625]) { #expect(abs(value - expected) < 1e-6) }

        try eos.write(valley(), to: "valley.toml")
        let summary = try members(try eos("train", "valley.toml", "--out", "run", "--json").output)
        let atTheEnd = try members(try eos("sharpness", "run", "--json", "--tolerance", "1e-6").output)
        #expect(atTheEnd["iteration"] as? Int == 400)
        let value = try #require((atTheEnd["eigenvalues"] as? [[String: Any]])?.first?["value"] as? Double)
        let recorded = try #require((summary["sharpness"] as? [String: Any])?["value"] as? Double)
        #expect(abs(value - recorded) <= 2e-3 * recorded)
    }

    @Test func doctorSaysWhatIsThere() throws {
        let eos = try Command()
        let result = try eos("doctor")
        #expect(result.status == 0, "\(result.output)")
        for name in ["version", "processors", "worker", "cache", "plugins", "blas", "data", "runs"] {
            #expect(result.output.contains(name))
        }
        eos.environment["EOS_DATA_DIR"] = "/nowhere"
        let without = try eos("doctor", "--json")
        #expect(without.status == 1 && without.output.contains("\"remedy\": \"set it to the directory"))
    }
    @Test func doctorTriesTheCache() throws {
        let eos = try Command()
        eos.environment["XDG_CACHE_HOME"] = "/dev/null"
        let result = try eos("doctor")
        #expect(result.status == 1)
        #expect(result.output.contains("/dev/null/eos/probes is not writable"))
        eos.environment["XDG_CACHE_HOME"] = ""
        eos.environment["HOME"] = ""
        #expect(try eos("doctor").output.contains("neither XDG_CACHE_HOME nor HOME is set"))
    }
}
