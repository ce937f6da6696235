import Foundation
import Testing
import TestSupport

/// What README.md shows is what the tests build, and its commands work where eos is installed.
@Suite(.serialized) struct ReadmeTests {
    private static let installed: Result<Installation, any Error> = Result { try Installation() }
    private let place: Installation
    private let readme: Document

    init() throws {
        place = try Self.installed.get()
        readme = try Document("README.md")
    }

    /// The command that builds `file`.
    private func command(for file: String) throws -> String {
        let commands = readme.blocks("sh").filter { $0.contains(" \(file)") && !$0.contains("train") }
        return try #require(commands.first, "no command for \(file)")
    }

    /// Runs a command in a directory with a file of the tree, the installed `eos` first on the path.
    private func build(_ file: String, then command: String = "true", _ more: [String: String] = [:]) throws
        -> CommandResult
    {
        let directory = try TemporaryDirectory()
        for (name, text) in more {
            try text.write(toFile: "\(directory.path)/\(name)", atomically: true, encoding: .utf8)
        }
        let build = try self.command(for: (file as NSString).lastPathComponent)
        return try place.run(
            "export PATH=\(place.prefix)/bin:$PATH LD_LIBRARY_PATH=\(place.prefix)/lib; cp '\(file)' \(directory.path)"
                + " && cd \(directory.path) && set -e\n\(build)\n\(command)")
    }

    @Test(arguments: [
        ("c", "examples-c/rosenbrock.c"), ("c", "examples/plugins/quartic.c"),
        ("swift", "examples/plugins/halving.swift"),
    ])
    func showsTheFilesThemselves(_ language: String, _ file: String) throws {
        #expect(try readme.shows(file, as: language), "\(file) differs from what README.md shows")
    }

    @Test func programInC() throws {
        let result = try build("examples-c/rosenbrock.c")
        #expect(result.status == 0)
        #expect(
            try result.output == String(contentsOfFile: "\(Tree.root)/examples-c/rosenbrock.expected", encoding: .utf8))
    }

    @Test func pluginInC() throws {
        let spec = try #require(readme.blocks("toml").first).replacing("\"halving\"", with: "\"ls\"")
        let result = try build(
            "examples/plugins/quartic.c", then: "EOS_PLUGIN_PATH=. eos train spec.toml --json 2>/dev/null",
            ["spec.toml": spec])
        #expect(result.status == 0 && result.output.contains("\"state\": \"converged\""), "\(result.output)")
        let warnings = try place.run(
            "cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $(pkg-config --cflags eos)"
                + " examples/plugins/quartic.c")
        #expect(warnings.output.isEmpty, "\(warnings.output)")
    }

    @Test func pluginInSwift() throws {
        let spec = try #require(readme.blocks("toml").first).replacing("\"quartic\"", with: "\"log-cosh\"")
        let result = try build(
            "examples/plugins/halving.swift", then: "EOS_PLUGIN_PATH=. eos train spec.toml --json 2>/dev/null",
            ["spec.toml": spec])
        #expect(result.status == 0 && result.output.contains("\"iterations\": 100"), "\(result.output)")
    }

    @Test func tableHasEveryPolicy() throws {
        let listed = try place.run("\(place.prefix)/bin/eos policies")
        let names = listed.lines.filter { !$0.hasPrefix(" ") }.compactMap { $0.split(separator: " ").first }
        #expect(names.count >= 15)
        for name in names { #expect(readme.text.contains("`\(name)`"), "README.md does not have the policy \(name)") }
    }

    @Test func linksLeadSomewhere() { #expect(readme.brokenLinks().isEmpty) }

    /// The installed command finds the installed plugins, and needs no Swift.
    @Test func installedCommandStandsAlone() throws {
        let found = try place.run("env -i \(place.prefix)/bin/eos plugins")
        #expect(found.status == 0 && found.output.contains("\(place.prefix)/lib/eos/plugins/mlp.so"), "\(found.output)")
        let needed = try place.run("ldd \(place.prefix)/bin/eos")
        #expect(!needed.output.contains("swift") && !needed.output.contains("not found"), "\(needed.output)")
    }
}
