import CEos
import EosCore
import EosRuns
import Foundation

/// A directory that is gone after the test.
final class Scratch {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "eos-runs-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String = "spec.toml") -> String {
        let file = "\(path)/\(name)"
        try? FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try? Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}

/// One objective, `rosen`, and the built-in policies.
struct TestCatalogue: SpecCatalogue {
    func objective(_ name: String) throws(EosError) -> SpecTaker {
        guard name == "rosen" else { throw EosError(EOS_E_NOT_FOUND, "there is no objective of this name") }
        let schema = Schema([
            Parameter("size", .integer, default: "6", range: 2...100, "variables"),
            Parameter("layers", .numbers, "sizes"), Parameter("scale", .number, default: "0.1", "a number"),
            Parameter("activation", .string, default: "relu", choices: ["relu", "tanh"], "a word"),
            Parameter("bias", .bool, default: "true", "a flag"), Parameter("names", .strings, "words"),
            Parameter("data.file", .string, "a file"), Parameter("data.train", .integer, range: 1...1e9, "samples"),
        ])
        return SpecTaker(schema) { (values) throws(EosError) in
            if values["data.train"] != nil, values["data.file"] == nil {
                throw EosError(EOS_E_CONFIG, "data.train is given without data.file")
            }
        }
    }

    func policy(_ name: String) throws(EosError) -> SpecTaker {
        guard let kind = BuiltInPolicies.kind(name) else {
            throw EosError(EOS_E_NOT_FOUND, "there is no policy of this name")
        }
        return SpecTaker(kind.schema)
    }
}

func makeSpec(_ text: String = "[objective]\nplugin = \"rosen\"\n", _ overrides: String...) throws -> RunSpec {
    let scratch = Scratch()
    return try withExtendedLifetime(scratch) {
        try RunSpec(path: scratch.write(text), overrides: overrides, catalogue: TestCatalogue())
    }
}

func makePolicy(_ spec: RunSpec) throws -> any Policy {
    try BuiltInPolicies.kind(spec.policyName)!.make(spec.policy)
}
