import Foundation
import TestSupport
import Testing

/// Few files may be open: a training works with 64, and says what it needs where it can't.
@Suite struct DescriptorTests {
    private static let spec = """
        name = "bowl"
        [objective]
        plugin = "quadratic"
        size = 5
        [policy]
        name = "constant"
        step = 0.1
        [stop]
        iterations = 30
        [checkpoint]
        every_seconds = 1e-9
        """

    private func train(_ limit: String, _ more: String = "") throws -> Command.Result {
        let eos = try Command()
        try eos.write(Self.spec, to: "bowl.toml")
        // Nothing is remembered of plugins yet: all of them are looked at.
        return try eos.shell("ulimit \(limit); exec \"$EOS\" \(more.isEmpty ? "train bowl.toml --out run" : more)")
    }

    @Test func sixtyFourAreEnough() throws {
        for command in ["", "sharpness bowl.toml", "plugin check \(Tree.products)/libeos-plugin-quadratic.so"] {
            let result = try train("-n 64", command)
            #expect(result.status == 0, "\(command): \(result.output) \(result.error)")
        }
        let listed = try members(try train("-n 64", "plugins --json").output)
        #expect((listed["refused"] as? [Any])?.isEmpty == true, "\(listed)")
    }

    /// A limit that this process may raise is no limit.
    @Test func aLowLimitIsRaised() throws {
        let result = try train("-S -n 16")
        #expect(result.status == 0, "\(result.error)")
    }

    @Test(arguments: [30, 20, 16, 12, 8]) func tooFewAreSaid(_ limit: Int) throws {
        let result = try train("-n \(limit)")
        #expect(result.status == 1, "\(result.error)")
        #expect(result.messages.count == 1 && result.messages[0].contains("ulimit -n 64"), "\(result.error)")
    }

    /// What looks at plugins in other processes needs a few for their pipes.
    @Test(arguments: [20, 12, 10]) func listingPluginsDoesNotCrash(_ limit: Int) throws {
        let result = try train("-n \(limit)", "plugins")
        #expect(result.status == 0 || result.status == 1, "\(result.status) \(result.error)")
        #expect(result.output.contains("searched:") || result.messages.count == 1, "\(result.error)")
    }
}
