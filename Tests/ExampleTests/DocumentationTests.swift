import Foundation
import TestSupport
import Testing

/// The pages for readers: their commands work where eos is installed, and their links lead somewhere.
@Suite(.serialized) struct DocumentationTests {
    private static let installed: Result<Installation, any Error> = Result { try Installation() }

    @Test func everyPageIsRead() throws {
        #expect(try Page.all.map(\.path) == Page.paths())
        #expect(Page.withCommands.count >= 7)
    }

    @Test(arguments: Page.all) func linksLeadSomewhere(_ page: Page) {
        #expect(page.document.brokenLinks() == [])
    }

    @Test(arguments: Page.withCommands) func commandsDoWhatThePageSays(_ page: Page) throws {
        let result = try page.runCommands(in: Self.installed.get())
        #expect(result.status == 0, "\(result.output)")
        #expect(page.missingLines(of: result.output) == [], "\(result.output)")
    }

    /// Commands that take too long for a test, and those within sentences, name what exists.
    @Test(arguments: Page.all) func mentionedCommandsExist(_ page: Page) throws {
        let place = try Self.installed.get()
        for command in MentionedCommand.all(of: page.document) {
            #expect(try command.fault(where: place) == nil, "\(command.words.joined(separator: " "))")
        }
    }

    @Test func readmeIsShort() throws {
        let lines = try Document("README.md").text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= 150)
    }

    /// Each index names every page of its directory.
    @Test(arguments: ["docs", "docs/decisions"]) func indexIsComplete(_ directory: String) throws {
        let index = try Document("\(directory)/index.md").text
        let pages = try FileManager.default.contentsOfDirectory(atPath: "\(Tree.root)/\(directory)")
            .filter { $0.hasSuffix(".md") && $0 != "index.md" }
        #expect(pages.count > 5)
        for page in pages { #expect(index.contains("](\(page)"), "\(directory)/index.md does not name \(page)") }
    }

    @Test(arguments: [
        ("docs/c.md", "c", "examples-c/rosenbrock.c"), ("docs/plugins.md", "c", "examples/plugins/quartic.c"),
        ("docs/plugins.md", "swift", "examples/plugins/halving.swift"),
        ("docs/plugins.md", "c", "examples/foreign/decay.c"),
        ("docs/plugins.md", "toml", "examples/foreign/decay.toml"),
        ("docs/plugins.md", "toml", "examples/foreign/fit.toml"),
        ("docs/searches.md", "c", "examples/foreign/golden.c"),
        ("docs/searches.md", "toml", "examples/foreign/golden.toml"),
    ])
    func showsTheFilesThemselves(_ page: String, _ language: String, _ file: String) throws {
        #expect(try Document(page).shows(file, as: language), "\(file) differs from what \(page) shows")
    }

    /// What README.md shows of a plugin is in the plugin.
    @Test func readmeShowsAPartOfThePlugin() throws {
        let plugin = try String(contentsOfFile: "\(Tree.root)/examples/plugins/quartic.c", encoding: .utf8)
        let readme = try Document("README.md")
        let shown = try #require(readme.blocks("c").first { $0.contains("eos_evaluation") })
        #expect(plugin.contains(shown))
        let lines = plugin.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(readme.prose.contains("in \(lines) lines"))
        let warnings = try Self.installed.get().run(
            "cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $(pkg-config --cflags eos)"
                + " examples/plugins/quartic.c")
        #expect(warnings.output.isEmpty, "\(warnings.output)")
    }

    @Test func tablesHaveEveryPolicyAndModel() throws {
        let place = try Self.installed.get()
        let page = try Document("docs/training.md").prose
        let policies = try place.run("\(place.prefix)/bin/eos policies").lines.filter { !$0.hasPrefix(" ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(policies.count >= 15)
        let models = try place.run("ls plugins | grep -v '[.]'").lines
        #expect(models.count >= 10)
        for name in policies + models { #expect(page.contains("`\(name)`"), "docs/training.md does not have \(name)") }
    }

    /// The installed command finds the installed plugins, and needs no Swift.
    @Test func installedCommandStandsAlone() throws {
        let place = try Self.installed.get()
        let found = try place.run("env -i \(place.prefix)/bin/eos plugins")
        #expect(found.status == 0 && found.output.contains("\(place.prefix)/lib/eos/plugins/mlp.so"), "\(found.output)")
        let needed = try place.run("ldd \(place.prefix)/bin/eos")
        #expect(!needed.output.contains("swift") && !needed.output.contains("not found"), "\(needed.output)")
    }
}
