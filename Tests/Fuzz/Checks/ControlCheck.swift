import CEos
import EosCore
import EosRunModel
import EosRuns

/// What holds for every line that comes to a worker's socket, and for every one that comes back.
public enum ControlCheck {
    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about line: [UInt8]) -> String? {
        do throws(EosError) {
            _ = try ControlReply(line: line)
        } catch {
            if let complaint = Sentence.complaint(about: error, [EOS_E_FORMAT]) { return complaint }
        }
        do throws(EosError) {
            let request = try ControlRequest(line: line)
            if let complaint = complaint(about: request) { return complaint }
            guard case .set(let assignments) = request else { return nil }
            return complaint(about: assignments)
        } catch {
            return Sentence.complaint(about: error, [EOS_E_FORMAT])
        }
    }

    /// What was read is one line when it is written, and the same when it is read again.
    private static func complaint(about request: ControlRequest) -> String? {
        guard !request.line.utf8.contains(UInt8(ascii: "\n")) else { return "\(request) is more than one line" }
        // Escapes may be longer than what they stand for.
        guard request.line.utf8.count < ControlRequest.mostBytes else { return nil }
        do throws(EosError) {
            let again = try ControlRequest(line: Array(request.line.utf8))
            return again == request ? nil : "\(request) becomes \(again)"
        } catch {
            return "\(request.line) can't be read again: \(error.message)"
        }
    }

    /// What a worker does with assignments: each is a live key with a value that it takes, or refused in a sentence.
    private static func complaint(about assignments: [String]) -> String? {
        let text = "[objective]\nplugin = \"rosen\"\n[policy]\nname = \"nls-ub\"\n"
        do throws(EosError) {
            let spec = try RunSpec(
                text: text, file: "run.toml", directory: nil, name: "run", catalogue: FuzzCatalogue())
            for assignment in assignments {
                try SpecChange.check(assignment, of: spec, whileGoing: true, catalogue: FuzzCatalogue())
            }
            _ = try RunSpec(
                text: spec.text, file: "run.toml", directory: nil, name: "run", overrides: assignments,
                catalogue: FuzzCatalogue())
            return nil
        } catch {
            return Sentence.complaint(about: error)
        }
    }
}
