import Foundation

/// A directory that is gone after the test.
final class Scratch {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "eos-analysis-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
