import EosClient
import EosRuns
import Foundation

/// Finds the runs that people mean: by id, by a beginning that is one run's alone, or by directory.
struct RunNames {
    let client: Client
    /// Asks again where eosd is started again in the middle.
    private let enduring: Client

    init(_ options: DaemonOptions) throws(Failure) {
        client = try options.client()
        enduring = Client(client.address, endurance: RunFollower.patience)
    }

    /// To look at.
    func sources(_ names: [String]) throws(Failure) -> [any RunSource] {
        var sources: [any RunSource] = []
        for name in names { sources.append(try source(name)) }
        return sources
    }

    func source(_ name: String) throws(Failure) -> any RunSource {
        if Self.isDirectory(name) { return try DirectoryRun(name) }
        return DaemonRun(client: client, id: try id(name))
    }

    /// The id of a run of eosd's; its directory may be given as well.
    ///
    /// - Parameter elsewise: what to do instead with a directory that eosd knows nothing of.
    func id(_ name: String, elsewise: String = "") throws(Failure) -> String {
        guard Self.isDirectory(name) else { return try idOfBeginning(name) }
        let directory = try DirectoryRun(name).directory
        let report = try? client.report(of: directory.id)
        guard let report, Self.isSame(report.summary.directory, directory.path) else {
            let remedy = elsewise.isEmpty ? "" : "; \(elsewise)"
            throw Failure(
                "\(name): the eosd at \(client.address) has no run in this directory\(remedy)", ExitStatus.mistake)
        }
        return directory.id
    }

    /// A path, or a directory here that holds a run: ids are plain words.
    static func isDirectory(_ name: String) -> Bool {
        if name.contains("/") || name == "." || name == ".." { return true }
        return (try? RunDirectory.open(name)) != nil
    }

    private func idOfBeginning(_ name: String) throws(Failure) -> String {
        guard name.utf8.allSatisfy(Self.isOfAnID) else {
            throw Failure(
                "\"\(name)\" is not the name of a run; give an id, the beginning of an id or a directory",
                ExitStatus.mistake)
        }
        let fitting: [String]
        do throws(ClientError) { fitting = try idsThatBegin(with: name) } catch {
            try refuseDirectory(name)
            guard error.kind == .unreachable else { throw Failure(error) }
            throw Failure("\(name): there is no such run directory, and \(error)", ExitStatus.failure)
        }
        if fitting.count == 1 { return fitting[0] }
        guard fitting.isEmpty else {
            let some = fitting.prefix(3).joined(separator: ", ") + (fitting.count > 3 ? ", ..." : "")
            throw Failure(
                "\(name) is the beginning of \(fitting.count) runs (\(some)); give more of the id", ExitStatus.mistake)
        }
        try refuseDirectory(name)
        throw Failure("there is no run \(name); `eos ls` lists all runs", ExitStatus.mistake)
    }

    /// The one that is called so, else all that begin so.
    private func idsThatBegin(with name: String) throws(ClientError) -> [String] {
        do throws(ClientError) { return [try enduring.report(of: name).id] } catch {
            guard error.kind == .refused(status: 404) else { throw error }
        }
        return try enduring.reports().map(\.id).filter { $0.hasPrefix(name) }
    }

    /// A directory here that is meant, though it holds no run.
    private func refuseDirectory(_ name: String) throws(Failure) {
        if RunDirectory.looksLikeRun(name) { _ = try DirectoryRun(name) }
    }

    private static func isOfAnID(_ byte: UInt8) -> Bool {
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        func real(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
        return real(left) == real(right)
    }
}
