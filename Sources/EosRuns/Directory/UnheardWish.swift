import EosCore
import EosRunModel
import Foundation

/// What eosd was asked of a run, for as long as the run's worker may not have heard of it: kept in the run directory, so
/// that the next eosd tells the worker.
public enum UnheardWish {
    private static func file(_ directory: RunDirectory) -> String { directory.path + "/wish" }

    /// - Parameter sequence: of the last event of the run that is known: what is recorded later may fulfil the wish.
    public static func keep(_ wish: RunWish, after sequence: Int, in directory: RunDirectory) throws(EosError) {
        try FileOperations.system.replace(file(directory), with: "\(wish) \(sequence)\n")
    }

    /// nil: nothing was asked for that the run has not come to.
    public static func of(_ directory: RunDirectory) -> RunWish? {
        guard let bytes = RegularFile.contents(file(directory)) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }
        guard words.count == 2, let sequence = Int(words[1]),
            let wish = RunWish.allCases.first(where: { "\($0)" == words[0] })
        else { return nil }
        let states = (try? RunDatabase.open(directory, readOnly: true).states(after: sequence)) ?? []
        return states.contains(where: wish.isFulfilled) ? nil : wish
    }

    public static func forget(_ directory: RunDirectory) { unlink(file(directory)) }
}
