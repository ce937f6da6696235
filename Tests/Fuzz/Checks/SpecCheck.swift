import CEos
import EosCore
import EosRuns

/// What holds for every text that is read as a spec. Lines behind one of "%%" are assignments, as `--set` gives them.
public enum SpecCheck {
    private static let file = "fuzzed.toml"

    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about input: String) -> String? {
        let lines = input.split(separator: "\n", omittingEmptySubsequences: false)
        let mark = lines.firstIndex(of: "%%") ?? lines.endIndex
        let text = lines[..<mark].joined(separator: "\n")
        let assignments = lines[mark...].dropFirst().map(String.init)
        do throws(EosError) {
            let spec = try RunSpec(
                text: text, file: file, directory: nil, name: "fuzzed", overrides: assignments,
                catalogue: FuzzCatalogue())
            return complaint(about: spec) ?? complaint(about: assignments, of: spec)
        } catch {
            return sentence(error)
        }
    }

    /// What was read says the same when it is written out and read again.
    private static func complaint(about spec: RunSpec) -> String? {
        do throws(EosError) {
            let again = try RunSpec(
                text: spec.text, file: file, directory: nil, name: "fuzzed", catalogue: FuzzCatalogue())
            return again.text == spec.text ? nil : "\(spec.text)\nbecomes\n\(again.text)"
        } catch {
            return "\(spec.text)\ncan't be read again: \(error.message)"
        }
    }

    /// Whether each may change while the run is going is said or refused in a sentence.
    private static func complaint(about assignments: [String], of spec: RunSpec) -> String? {
        for assignment in assignments {
            for isGoing in [false, true] {
                do throws(EosError) {
                    try SpecChange.check(assignment, of: spec, whileGoing: isGoing, catalogue: FuzzCatalogue())
                } catch {
                    if let complaint = Sentence.complaint(about: error) { return complaint }
                }
            }
        }
        return nil
    }

    private static func sentence(_ error: EosError) -> String? {
        if let complaint = Sentence.complaint(about: error, [EOS_E_CONFIG, EOS_E_NOT_FOUND]) { return complaint }
        return error.message.hasPrefix(file) || error.message.hasPrefix("--set ")
            ? nil : "names no place: \(error.message)"
    }
}

/// One objective with keys of every kind, and the built-in policies.
struct FuzzCatalogue: SpecCatalogue {
    static let schema = Schema([
        Parameter("size", .integer, default: "6", range: 2...100, "variables"),
        Parameter("layers", .numbers, "sizes"),
        Parameter("scale", .number, default: "0.1", range: 1e-9...1e9, "a number"),
        Parameter("offset", .number, default: "auto", flags: .auto, "a number or none"),
        Parameter("activation", .string, default: "relu", choices: ["relu", "tanh"], "a word"),
        Parameter("bias", .bool, default: "true", "a flag"), Parameter("names", .strings, "words"),
        Parameter("data.file", .string, "a file"), Parameter("data.labels", .string, "a file"),
        Parameter("data.train", .integer, range: 1...1e9, "samples"),
        Parameter("data.inner.depth", .integer, "a key far down"),
    ])

    func objective(_ name: String) throws(EosError) -> SpecTaker {
        guard name == "rosen" else { throw EosError(EOS_E_NOT_FOUND, "there is no objective of this name") }
        return SpecTaker(Self.schema) { (values) throws(EosError) in
            if values["data.train"] != nil, values["data.file"] == nil {
                throw EosError(EOS_E_CONFIG, "data.train is given without data.file")
            }
        }
    }

    func policy(_ name: String) throws(EosError) -> SpecTaker {
        guard let kind = BuiltInPolicies.kind(name) else {
            throw EosError(EOS_E_NOT_FOUND, "there is no policy of this name")
        }
        return SpecTaker(kind.schema) { (values) throws(EosError) in _ = try kind.make(values) }
    }
}
