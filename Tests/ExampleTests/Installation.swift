import Foundation
import TestSupport

/// This build, installed into a temporary prefix, and the examples built against it.
final class Installation: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let directory: TemporaryDirectory

    var prefix: String { "\(directory.path)/prefix" }
    /// Where the programs are: NAME, built as C, and NAME-cxx, built as C++.
    var examples: String { "\(directory.path)/examples" }

    init() throws {
        directory = try TemporaryDirectory()
        try require(TestSupport.run("make -s install PREFIX=\(prefix) PRODUCTS=\(Tree.products)"))
        try require(run("make -s -C examples-c BUILD=\(examples)"))
    }

    /// Runs a command that finds the library by pkg-config, and nothing of this build but what was installed.
    func run(_ command: String, environment: [String: String] = [:]) throws -> CommandResult {
        let ours = ["PKG_CONFIG_PATH": "\(prefix)/lib/pkgconfig", "EOS_PLUGIN_PATH": ""]
        return try TestSupport.run(
            "unset EOS_PLUGIN LD_LIBRARY_PATH; " + command, environment: ours.merging(environment) { $1 })
    }

    private func require(_ result: CommandResult) throws {
        guard result.status == 0 else { throw Failure(description: result.output) }
    }
}
