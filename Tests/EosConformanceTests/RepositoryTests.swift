import EosConformance
import Foundation
import TestSupport
import Testing

/// The plugins of this repository keep the rules.
@Suite struct RepositoryTests {
    static let clusters = [
        "data.generator=clusters", "data.train=40", "data.test=10", "data.dimension=8", "data.classes=3",
    ]

    static let sines = ["data.generator=noisy-sine", "data.train=20", "data.test=10", "data.steps=8"]

    @Test(arguments: [
        ("product", []), ("inner-product", []), ("quadratic", []), ("rosenbrock", ["size=5"]), ("logistic", []),
        ("logistic", ["data.generator=clusters", "data.train=40", "data.dimension=3", "data.classes=2"]),
        ("mlp", ["layers=[8,6,3]"] + clusters),
        ("path-rnn", ["units=3", "sigma=0.2"] + sines),
        ("path-rnn", ["units=3", "sigma=0.2", "constrain=false", "classes=3", "steps=5", "dtype=f32"] + sines),
        ("mlp", ["layers=[8,6,3]", "activation=tanh", "dtype=f64", "loss=cross-entropy"] + clusters),
    ])
    func aPluginPasses(_ name: String, _ assignments: [String]) throws {
        let report = try Nonconforming.check(
            file: "\(Tree.products)/libeos-plugin-\(name).so", assignments: assignments)
        let failed = report.entries.filter { $0.verdict == .fail || $0.verdict == .warning }
        #expect(failed.isEmpty, "\(failed)")
        #expect(report.checks(.pass).contains("objective gradient"))
    }

    @Test func theExampleInCPasses() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/quartic.so"
        try Nonconforming.build("../../examples/plugins/quartic.c", "", at: file)
        let report = try Nonconforming.check(file: file)
        #expect(report.checks(.fail) + report.checks(.warning) == [])
    }

    @Test func theExampleInSwiftPasses() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/halving.so"
        let result = try run(
            "swiftc -O -emit-library -static-stdlib -I include -I '\(Tree.products)/Modules' -L '\(Tree.products)' "
                + "-lEosPluginKit -o '\(file)' examples/plugins/halving.swift")
        try #require(result.status == 0, "\(result.output)")
        let report = try Nonconforming.check(file: file)
        #expect(report.checks(.fail) + report.checks(.warning) == [])
        #expect(report.checks(.pass).contains("policy training"))
    }

    /// A manifest is checked as what it makes of its library.
    @Test func theExampleOfAManifestPasses() throws {
        let directory = try TemporaryDirectory()
        try Nonconforming.build("../../examples/foreign/decay.c", "", at: directory.path + "/libdecay.so")
        let result = try run("cp examples/foreign/decay.toml '\(directory.path)'")
        try #require(result.status == 0)
        let report = try Nonconforming.check(file: directory.path + "/decay.toml")
        #expect(report.checks(.fail) + report.checks(.warning) == [])
        #expect(report.checks(.skipped).contains("plugin entry"))
        #expect(report.checks(.pass).contains("objective gradient"))
    }

    /// A search that keeps something between calls can't be saved: the kit sees it through the closures.
    @Test func aForeignSearchIsChecked() throws {
        let directory = try TemporaryDirectory()
        try Nonconforming.build("searches.c", "", at: directory.path + "/libsearches.so")
        func check(_ prototype: String, _ arguments: String) throws -> CheckReport {
            let manifest = """
                id = "org.example.searches"
                version = "1.0.0"
                licence = "MIT"
                library = "libsearches.so"
                [[policy]]
                id = "org.example.search"
                title = "a search"
                [policy.search]
                function = "\(prototype)"
                arguments = { \(arguments) }
                returns = "step"

                """
            let file = directory.path + "/search.toml"
            try manifest.write(toFile: file, atomically: true, encoding: .utf8)
            return try Nonconforming.check(file: file)
        }
        let golden = try check(
            "double golden(double a, double b, double (*phi)(double t), double tolerance)",
            "a = { constant = 0 }, b = { constant = 1 }, phi = \"phi\", tolerance = { constant = 1e-6 }")
        #expect(golden.checks(.fail) + golden.checks(.warning) == [])
        #expect(golden.checks(.pass).contains("policy state"))
        let remembering = try check("double remembers(double (*phi)(double t))", "phi = \"phi\"")
        #expect(remembering.checks(.fail) == ["policy determinism"])
    }
}
