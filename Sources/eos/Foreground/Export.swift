import ArgumentParser
import EosRunModel
import Synchronization

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the records of a run as a table.",
        discussion: """
            The table has one row for each iterate, in order. Its columns are:

            \(RunColumn.help(for: .export))

            After them come the metrics of the objective. If several eigenvalues were measured, the further ones \
            follow as sharpness.2 and so on. A value that was not measured at an iterate is empty.

            step and trials belong to the search that starts at the iterate w of the row. The iterate of the next row \
            is w - step * gradient. Hence step_sharpness is the product whose threshold is 2, and it is empty in the \
            last row.

            A run can be exported while it trains: by its id through eosd, or by its directory without eosd.
            """)

    @Flag(
        name: .customLong("csv"),
        help: "Print comma-separated values with a header. This is the default and the only format."
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
