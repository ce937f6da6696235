import EosConformance
import TestSupport
import Testing

/// The plugins of this repository keep the rules.
@Suite struct RepositoryTests {
    static let clusters = [
        "data.generator=clusters", "data.train=40", "data.test=10", "data.dimension=8", "data.classes=3",
    ]

    @Test(arguments: [
        ("product", []), ("quadratic", []), ("rosenbrock", ["size=5"]), ("logistic", []),
        ("logistic", ["data.generator=clusters", "data.train=40", "data.dimension=3", "data.classes=2"]),
        ("mlp", ["layers=[8,6,3]"] + clusters),
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
}
