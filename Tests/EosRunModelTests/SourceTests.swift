import Foundation
import Testing

/// What the sources keep to.
@Suite struct SourceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)

    /// The targets of Package.swift and what each names as a dependency.
    private static func dependencies() throws -> [String: Set<String>] {
        let text = try String(contentsOfFile: root + "/Package.swift", encoding: .utf8)
        let target = /arget\(\s*name: "([\w-]+)",\s*(?:dependencies: \[(.*?)\]|\w+:)/.dotMatchesNewlines()
        var found: [String: Set<String>] = [:]
        for match in text.matches(of: target) {
            let names = (match.2 ?? "").matches(of: /"([\w.-]+)"/).map { String($0.1) }
            found[String(match.1)] = Set(names)
        }
        return found
    }

    private static func reached(from target: String) throws -> Set<String> {
        let all = try dependencies()
        var (reached, waiting) = (Set<String>(), [target])
        while let next = waiting.popLast() {
            for name in all[next] ?? [] where reached.insert(name).inserted { waiting.append(name) }
        }
        return reached
    }

    /// Neither who asks eosd nor what a run is needs a database, a spec or a plugin.
    @Test(arguments: ["EosClient", "EosRunModel"]) func linksNeitherDatabaseNorSpecs(_ target: String) throws {
        let reached = try Self.reached(from: target)
        #expect(reached.contains("EosCore") && reached.contains("EosJSON"))
        for name in ["EosRuns", "EosTOML", "TOMLKit", "GRDB", "GRDBSQLite", "EosPluginHost", "EosForeign", "EosServer"]
        {
            #expect(!reached.contains(name), "\(name)")
        }
        // The test sees what it looks for where it is.
        #expect(try Self.reached(from: "EosRuns").isSuperset(of: ["GRDB", "EosPluginHost", "EosRunModel"]))
    }

    private static func sources(_ folder: String) throws -> [(file: String, text: String)] {
        let path = "\(root)/\(folder)"
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }.map {
            ($0, try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8))
        }
    }

    /// States are matched, or asked for their phase: a list by hand forgets the next state.
    @Test func noListOfStatesByHand() throws {
        let state =
            #"\.(queued|starting|running|pausing|paused|stopping|converged|budgetExhausted|cancelled|failed|timedOut"#
            + #"|outOfMemory|lost)\b"#
        let list = try Regex(#"\[\s*"# + state + #"\s*,\s*"# + state)
        let comparison = try Regex(#"[!=]= "# + state + #"\s*(\|\||&&|,)[^\n]*[!=]= "# + state)
        for folder in ["EosRuns", "EosServer", "EosClient", "EosStudies", "eos", "eosd", "eos-worker"] {
            for (file, text) in try Self.sources("Sources/\(folder)") {
                #expect(text.firstMatch(of: list) == nil, "\(file)")
                #expect(text.firstMatch(of: comparison) == nil, "\(file)")
            }
        }
        #expect("[.queued, .lost].contains(state)".firstMatch(of: list) != nil)
        #expect("state == .queued || state == .paused".firstMatch(of: comparison) != nil)
    }

    /// What blocks in eosd goes over one bridge.
    @Test func theServerHasOneBridgeToWhatBlocks() throws {
        for (file, text) in try Self.sources("Sources/EosServer") {
            for word in ["DispatchQueue", "Thread.", "pthread_create", "NIOThreadPool", "globalConcurrentExecutor"] {
                #expect(!text.contains(word), "\(file): \(word)")
            }
        }
    }
}
