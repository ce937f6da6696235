import EosClient
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// A spec that is handed to eosd.
struct SpecText {
    /// As it was given.
    let path: String
    let text: String
    /// Where relative names of data files are looked up first.
    let directory: String
    /// What the run is called where the spec does not say.
    let name: String

    /// - Parameter path: "-" is standard input.
    init(_ path: String) throws(Failure) {
        self.path = path
        if path == "-" {
            let bytes = FileHandle.standardInput.readDataToEndOfFile()
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure("standard input is not UTF-8 text; give a spec in TOML", ExitStatus.mistake)
            }
            self.text = text
            directory = FileManager.default.currentDirectoryPath
            name = "run"
        } else {
            text = try fromUser { () throws(EosError) in try RunSpec.text(inFile: path) }
            let file = URL(filePath: path).absoluteURL
            directory = file.deletingLastPathComponent().standardizedFileURL.path
            name = file.deletingPathExtension().lastPathComponent
        }
    }

    func submit(_ overrides: [String], _ client: Client) throws(Failure) -> RunReport {
        do throws(ClientError) {
            return try client.submit(spec: text, overrides: overrides, directory: directory, name: name)
        } catch {
            // The file is known here only: eosd calls it "spec".
            var failure = Failure(error)
            if failure.message.hasPrefix("spec:") { failure.message = path + failure.message.dropFirst(4) }
            throw failure
        }
    }
}

extension RunReport {
    /// What `eos submit` prints. Where that fails, the message has the id: the run is there.
    func printSubmitted(_ isJSON: Bool) throws(Failure) {
        do throws(Failure) { try Console.print(isJSON ? json.text : id) } catch {
            var error = error
            if !error.message.isEmpty { error.message += "; \(id) was submitted" }
            throw error
        }
    }
}
