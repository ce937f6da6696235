import CEos
import EosCore
import Glibc

/// The program that does in a process of its own what might take down the one that asks.
public enum WorkerProgram {
    /// Where eos-worker is: beside the running program, as in the build tree, else in `../libexec/eos` of it, as
    /// installed.
    ///
    /// - Throws: `EOS_E_NOT_FOUND`, with both places.
    public static func path() throws(EosError) -> String {
        guard let program = realpath("/proc/self/exe", nil) else {
            throw EosError(EOS_E_NOT_FOUND, "eos-worker: /proc/self/exe: \(text(of: errno)); mount /proc")
        }
        defer { free(program) }
        let parts = String(cString: program).split(separator: "/").dropLast()
        func joined(_ parts: some Sequence<Substring>) -> String { parts.map { "/\($0)" }.joined() }
        let places = ["\(joined(parts))/eos-worker", "\(joined(parts.dropLast()))/libexec/eos/eos-worker"]
        for place in places where access(place, X_OK) == 0 { return place }
        throw EosError(
            EOS_E_NOT_FOUND,
            "eos-worker is neither \(places[0]) nor \(places[1]); build it (make build) or install eos again")
    }
}
