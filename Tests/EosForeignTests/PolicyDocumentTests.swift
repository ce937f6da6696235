import CEos
import EosCore
import EosForeign
import EosPluginHost
import Foundation
import TestSupport
import Testing

/// The search that docs/searches.md shows is built as it says and trains.
@Suite struct PolicyDocumentTests {
    /// The first block of code in a language.
    private func block(_ language: String, of text: String) throws -> String {
        let start = try #require(text.range(of: "```\(language)\n"))
        let end = try #require(text[start.upperBound...].range(of: "```"))
        return String(text[start.upperBound..<end.lowerBound])
    }

    @Test func theExampleTrains() throws {
        let text = try String(contentsOfFile: "\(Tree.root)/docs/searches.md", encoding: .utf8)
        let directory = try TemporaryDirectory()
        try block("c", of: text).write(toFile: "\(directory.path)/golden.c", atomically: true, encoding: .utf8)
        try block("toml", of: text).write(toFile: "\(directory.path)/golden.toml", atomically: true, encoding: .utf8)
        let command = "cc -shared -fPIC -O2 -o libgolden.so golden.c"
        #expect(text.contains("`\(command)`"))
        let built = try run(command, in: directory.path)
        try #require(built.status == 0, "\(built.output)")

        let manifest = try Manifest.read(path: "\(directory.path)/golden.toml")
        var catalogue = Catalogue()
        try catalogue.add(try ForeignLibrary.load(manifest))
        var keys = Configuration()
        try keys.set(assignments: "max_step=1.5")
        let host = EosPluginHost.Host(threads: 1)
        let descent = try Descent(
            .quadratic, try catalogue.makePolicy("golden", keys, host: host), "stop.gradient_norm=1e-6")
        try descent.run()
        #expect(Int(descent.trainer.stop) == EOS_STOP_GRADIENT)
        // The keys of the table of roles are those that there are.
        let offer = try catalogue.find(.policy, "golden")
        #expect(offer.schema.parameters.map(\.key) == ["tolerance", "min_step", "max_step"])
        #expect(manifest.describeCalls().contains("phi (double (*)(double)): a function of the step"))
    }
}
