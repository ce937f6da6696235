import ArgumentParser
import EosDiscovery
import EosPluginHost

struct Policies: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the policies and their keys.",
        discussion: """
            The list contains the built-in policies and those of the installed plugins. Set the keys in the table \
            [policy] of a spec, or by --set policy.<key>=<value>.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let findings = Discovery().scan()
        if json { return try Console.print(findings.policies.text) }
        let offers = findings.catalogue.policies
        try Console.print(offers.map { $0.lines(indent: "").joined(separator: "\n") }.joined(separator: "\n\n"))
    }
}

extension Offer {
    /// Name, title and source, then a line a key of its own.
    func lines(indent: String) -> [String] {
        var head = "\(indent)\(name)  \(title)"
        if let source { head += " [\(source)]" }
        if file != nil { head += " (\(id))" }
        return [head] + ownSchema.lines(indent: indent + "    ")
    }
}
