import Testing

/// `eos plugin check` meets every plugin that misbehaves: it says so, and lives on.
@Suite struct CheckTests {
    /// A table that is larger than this host's may be that of a later release.
    private static let unnoticed = ["huge_descriptor"]

    @Test(arguments: Misbehaviour.all)
    func findsEveryOne(_ plugin: Misbehaviour) throws {
        let eos = try Eos([plugin])
        let result = try eos("plugin", "check", eos.file(of: plugin), "--timeout", "5", "--json")
        let passes = Self.unnoticed.contains(plugin.name)
        #expect(result.status == (passes ? 0 : 1), "\(result.output) \(result.error)")
        #expect(try members(result.output)["passed"] as? Bool == passes, "\(result.output)")
        #expect(result.lines.isEmpty, "\(result.error)")
    }

    @Test func passesOneThatBehaves() throws {
        let eos = try Eos([.healthy])
        let result = try eos("plugin", "check", eos.file(of: .healthy), "--json")
        #expect(result.status == 0, "\(result.output) \(result.error)")
    }
}
