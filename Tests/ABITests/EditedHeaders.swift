import Foundation
import TestSupport

/// A copy of the headers that a test may change.
struct EditedHeaders {
    private let directory: TemporaryDirectory
    /// The directory that has eos.h.
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/include"
        try FileManager.default.copyItem(atPath: "\(Tree.root)/include", toPath: path)
    }

    /// Changes one file of eos/.
    func edit(_ file: String, _ change: (String) throws -> String) throws {
        let text = try String(contentsOfFile: "\(path)/eos/\(file)", encoding: .utf8)
        try change(text).write(toFile: "\(path)/eos/\(file)", atomically: true, encoding: .utf8)
    }
}
