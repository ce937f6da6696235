import Testing

/// `eos plugin check` meets every plugin that misbehaves: it says so, and lives on.
@Suite struct CheckTests {
    /// A mode that the host puts back from the second evaluation on, a table that may be of a later release, and what is
    /// done when everything has been looked at.
    private static let unnoticed: Set = [
        "rounding", "huge_descriptor", "segfault_in_deinit", "abort_in_deinit", "exit_in_deinit", "loop_in_deinit",
        "thread_ends_in_deinit", "spinning_thread", "segfault_at_unload", "exit_at_unload", "hang_at_unload",
        "thread_ends_at_unload", "segfault_at_exit",
    ]

    @Test(arguments: Misbehaviour.all)
    func findsEveryOne(_ plugin: Misbehaviour) throws {
        let eos = try Eos([plugin])
        let passes = Self.unnoticed.contains(plugin.name)
        // What is to pass is waited for, however busy the machine is.
        let seconds = passes ? "60" : plugin.isEndless ? "1" : "5"
        let result = try eos("plugin", "check", eos.file(of: plugin), "--timeout", seconds, "--json")
        #expect(result.status == (passes ? 0 : 1), "\(result.output) \(result.error)")
        #expect(try !members(result.output).isEmpty)
        #expect(result.remarks.isEmpty, "\(result.error)")
    }

    @Test func passesOneThatBehaves() throws {
        let eos = try Eos([.healthy])
        let result = try eos("plugin", "check", eos.file(of: .healthy), "--json")
        #expect(result.status == 0, "\(result.output) \(result.error)")
    }
}
