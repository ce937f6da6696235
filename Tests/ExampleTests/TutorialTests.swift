import Foundation
import Testing
import TestSupport

/// The tutorials show the files of the tree, and their commands do what they say where eos is installed.
@Suite(.serialized) struct TutorialTests {
    private static let installed: Result<Installation, any Error> = Result { try Installation() }
    private let place: Installation
    private let tutorial: Document
    private let searches: Document

    init() throws {
        place = try Self.installed.get()
        tutorial = try Document("docs/plugins.md")
        searches = try Document("docs/searches.md")
    }

    @Test(arguments: [
        ("c", "examples/plugins/quartic.c"), ("c", "examples/foreign/decay.c"), ("toml", "examples/foreign/decay.toml"),
        ("toml", "examples/foreign/fit.toml"), ("c", "examples/foreign/golden.c"),
        ("toml", "examples/foreign/golden.toml"),
    ])
    func showsTheFilesThemselves(_ language: String, _ file: String) throws {
        let isShown = try tutorial.shows(file, as: language) || searches.shows(file, as: language)
        #expect(isShown, "\(file) differs from what the tutorials show")
    }

    @Test func linksLeadSomewhere() throws {
        let reference = try Document("docs/manifests.md")
        #expect(tutorial.brokenLinks() + searches.brokenLinks() + reference.brokenLinks() == [])
    }

    /// Every command of both texts, in their order, in one directory.
    @Test func commandsDoWhatTheTextsSay() throws {
        let directory = try TemporaryDirectory()
        let commands = tutorial.blocks("sh") + searches.blocks("sh")
        #expect(commands.count >= 5)
        let result = try place.run(
            """
            export PATH=\(place.prefix)/bin:$PATH XDG_CACHE_HOME=\(directory.path)/cache
            cp examples/foreign/* \(directory.path) && cd \(directory.path) && umask 022 && set -ex
            \(commands.joined(separator: "\n"))
            """)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("org.example.decay 1.0.0"))
        #expect(result.output.contains(" 0 failed"))
        #expect(result.output.components(separatedBy: "converged: the gradient norm").count == 3, "\(result.output)")
    }
}
