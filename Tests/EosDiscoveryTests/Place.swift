import EosDiscovery
import EosPluginHost
import Foundation
import TestSupport
import Testing

/// A directory of plugins built for one test, and a cache of its own.
final class Place {
    private let root: TemporaryDirectory
    /// Without links, as what is found says it.
    let path: String

    init() throws {
        root = try TemporaryDirectory()
        path = try #require(resolved(root.path)) + "/plugins"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var cache: ProbeCache { ProbeCache(directory: root.path + "/cache") }

    /// Builds Tests/Fixtures/loading.c as `name`; without an id of its own it shadows others.
    @discardableResult
    func build(
        _ name: String, _ onLoad: String = "", id: String? = nil, defines: [String] = [], options: String = ""
    ) throws -> String {
        // Built elsewhere and moved: what is replaced is another file, not the old one with other contents.
        let (file, temporary) = ("\(path)/\(name)", "\(root.path)/build.so")
        var all = defines + ["TALLY=\"\(root.path)/tally-\(name)\"", "ON_LOAD=\(onLoad)"]
        if let id {
            all += ["PLUGIN_ID=\"org.\(id)\"", "OBJECTIVE_ID=\"org.\(id).bowl\"", "SECOND_ID=\"org.\(id).reader\""]
        }
        let words = all.map { "'-D\($0)'" }.joined(separator: " ")
        let result = try run(
            "cc -std=c11 -shared -fPIC -O0 \(words) -I include -o \(temporary) Tests/Fixtures/loading.c \(options)")
        try #require(result.status == 0, "\(result.output)")
        try #require(rename(temporary, file) == 0)
        return file
    }

    /// How often a file was loaded, by whatever process.
    func loads(_ name: String) -> Int {
        FileManager.default.contents(atPath: "\(root.path)/tally-\(name)")?.count ?? 0
    }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func discovery(seconds: Double = 60, refresh: Bool = false, directories: [String]? = nil) -> Discovery {
        let all = (directories ?? [path]).map { PluginSearchPath.Directory($0, origin: "EOS_PLUGIN_PATH") }
        return Discovery(PluginSearchPath(all), seconds: seconds, refresh: refresh, cache: cache)
    }

    /// Whether this very process has the file loaded.
    static func isMapped(_ file: String) throws -> Bool {
        try run("grep -q '\(file)' /proc/\(getpid())/maps").status == 0
    }
}
