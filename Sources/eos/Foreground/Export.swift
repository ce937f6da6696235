import ArgumentParser
import EosRunModel
import Synchronization

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the records of a run as a table.",
        discussion: """
            A row an iterate, in order. Its columns:

            \(RunColumn.help(for: .export))

            Then come the objective's own metrics and, if several eigenvalues were measured, the others (sharpness.2). What \
            was not measured at an iterate is empty.

            step and trials are those of the search that starts at the row's iterate w: the next row's iterate is \
            w - step * gradient. So step_sharpness is the product whose threshold is 2, and the last row has none.

            A run may be exported while it is going, by its id through eosd or in its directory without.
            """)

    @Flag(
        name: .customLong("csv"), help: "Comma-separated values with a header (the only format, so it may be left out)."
    )
    var csv = false

    @OptionGroup var chosen: RunArgument

    func run() throws {
        let failure = Mutex<Failure?>(nil)
        try chosen.source().export { part in
            do throws(Failure) { try Console.put(part) } catch {
                failure.withLock { $0 = error }
                return false
            }
            return true
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
