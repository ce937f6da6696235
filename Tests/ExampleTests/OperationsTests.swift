import Foundation
import TestSupport
import Testing

/// The page about eosd: its commands do what it says, with the programs as they are installed.
@Suite struct OperationsTests {
    private let page: Document

    init() throws { page = try Document("docs/operations.md") }

    @Test func linksLeadSomewhere() { #expect(page.brokenLinks() == []) }

    /// Every block that is a shell's, in their order, in one shell.
    @Test func commandsDoWhatThePageSays() throws {
        let place = try Installation()
        let directory = try TemporaryDirectory()
        let commands = page.blocks("sh")
        #expect(commands.count >= 6)
        let result = try place.run(
            """
            cd \(directory.path) && mkdir -m 700 state runtime && umask 022
            export PATH=\(place.prefix)/bin:$PATH XDG_CACHE_HOME=$PWD/cache XDG_STATE_HOME=$PWD/state \
                XDG_RUNTIME_DIR=$PWD/runtime XDG_DATA_HOME=$PWD/data
            unset EOS_SOCKET EOS_HOST EOS_PLUGIN_PATH
            trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
            set -ex
            \(commands.joined(separator: "\n"))
            test "$(wc -l <sweep.txt)" = 6
            test "$(wc -l <valley.csv)" -gt 2000
            grep -q openapi openapi.json
            """)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("budget_exhausted"))
    }
}
