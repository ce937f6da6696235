import CEos
import EosCore

/// What every error about a text says.
enum Sentence {
    /// - Parameter statuses: what may be wrong.
    static func complaint(about error: EosError, _ statuses: [Int] = [EOS_E_CONFIG]) -> String? {
        guard statuses.contains(Int(error.status)) else { return "status \(error.status): \(error.message)" }
        guard !error.message.isEmpty else { return "an error that says nothing" }
        guard error.message.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            return "not one line: \(error.message)"
        }
        return nil
    }
}
