import EosConformance
import EosCore
import TestSupport
import Testing

/// Builds of the plugin in Tests/Fixtures/nonconforming, which the kit looks at.
enum Nonconforming {
    /// Below Tests/Fixtures, for a shell.
    static let sources = "nonconforming/*.c"

    /// What the kit says of the plugin with one rule broken.
    static func check(
        _ rule: String?, limit: Double = 60, assignments: [String] = [], only: [String] = []
    ) throws -> CheckReport {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/plugin.so"
        try build(sources, rule.map { "-DBREAK_\($0)" } ?? "", at: file)
        return try check(file: file, limit: limit, assignments: assignments, only: only)
    }

    static func check(
        file: String, limit: Double = 60, assignments: [String] = [], only: [String] = []
    ) throws -> CheckReport {
        let job = CheckJob(assignments: assignments, only: only, limit: limit)
        var supervisor = CheckSupervisor(file, job, program: Tree.products + "/eos-worker")
        return try supervisor.run()
    }

    static func build(_ source: String, _ options: String, at file: String) throws {
        let flags = "-std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -shared -fPIC -Iinclude"
        let result = try run("cc \(flags) \(options) -o '\(file)' Tests/Fixtures/\(source) -lm -lpthread")
        try #require(result.status == 0, "\(result.output)")
    }
}

extension CheckReport {
    /// "objective gradient", in order.
    func checks(_ verdict: Finding.Verdict) -> [String] {
        entries.filter { $0.verdict == verdict }
            .map { "\($0.item.subject.split(separator: " ")[0]) \($0.item.check)" }
    }

    /// All that was found in a check.
    func messages(_ check: String) -> String {
        entries.filter { $0.item.check == check }.flatMap(\.findings).map(\.message).joined(separator: "\n")
    }
}
