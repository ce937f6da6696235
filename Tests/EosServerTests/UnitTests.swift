import Foundation
import TestSupport
import Testing

/// The units of systemd, looked at without a systemd that runs.
@Suite(.enabled(if: isInstalled("systemd-analyze"), "systemd-analyze is not installed")) struct UnitTests {
    /// A unit with its places filled in, as `make install` does.
    private func unit(_ name: String, in directory: TemporaryDirectory) throws -> String {
        let text = try String(contentsOfFile: "\(Tree.root)/packaging/systemd/\(name).in", encoding: .utf8)
        let path = "\(directory.path)/\(URL(filePath: name).lastPathComponent)"
        try text.replacing("@BINDIR@", with: Tree.products).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func theServiceIsConfined() async throws {
        let directory = try TemporaryDirectory()
        let service = try unit("eosd.service", in: directory)
        // In tenths: an exposure of less than 3.
        let result = try await offPool {
            try run("systemd-analyze security --offline=true --no-pager --threshold=29 \(service)")
        }
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(arguments: ["", "user/"]) func unitsAreUnderstood(place: String) async throws {
        let directory = try TemporaryDirectory()
        let units = try ["eosd.service", "eosd.socket"].map { try unit(place + $0, in: directory) }
        let result = try await offPool {
            try run("systemd-analyze verify --man=no \(units.joined(separator: " "))")
        }
        // What it says of other units of this machine is none of ours.
        let ours = result.lines.filter { $0.contains("eosd") }
        #expect(ours.isEmpty, "\(ours)")
    }
}
