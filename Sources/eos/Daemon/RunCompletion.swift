import ArgumentParser
import EosClient
import Foundation

extension CompletionKind {
    /// Ids of the runs that eosd has, and directories.
    static var runs: CompletionKind {
        .custom { words, _, beginning in ids(words, beginning) + directories(beginning) }
    }

    private static func ids(_ words: [String], _ beginning: String) -> [String] {
        guard !beginning.contains("/") else { return [] }
        var given = Address.Given()
        for (option, value) in zip(words, words.dropFirst()) {
            switch option {
            case "--socket": given.socket = value
            case "--host": given.host = value
            case "--token-file": given.tokenFile = value
            default: break
            }
        }
        // A shell waits for this: an eosd that is slow is none.
        guard let address = try? Address(given, environment: ProcessInfo.processInfo.environment),
            let reports = try? Client(address, patience: 2).reports()
        else { return [] }
        return reports.map(\.id).filter { $0.hasPrefix(beginning) }
    }

    private static func directories(_ beginning: String) -> [String] {
        let parent = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
        let content = try? FileManager.default.contentsOfDirectory(
            at: URL(filePath: parent.isEmpty ? "." : parent), includingPropertiesForKeys: [.isDirectoryKey],
            options: .skipsHiddenFiles)
        return (content ?? []).filter(\.hasDirectoryPath).map { parent + $0.lastPathComponent + "/" }
            .filter { $0.hasPrefix(beginning) }.sorted()
    }
}
