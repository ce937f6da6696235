import CEos
import EosCore
import EosPluginHost
import EosProcesses

/// What is known of a file after a process of its own loaded it, or tried to.
public struct Probe: Codable, Sendable {
    public enum Outcome: Codable, Sendable, Equatable {
        case described(PluginDescription)
        /// By the host, with a sentence. Final: because of what the file is; else of what is missing here.
        case refused(status: Int32, message: String, isFinal: Bool)
        /// The file ended the process that loaded it.
        case exited(status: Int32)
        case signalled(number: Int32)
        /// It was not done after so many seconds.
        case timedOut(seconds: Double)
    }

    /// What was written to a stream of the process: the beginning, and how many bytes it was in all.
    public struct Text: Codable, Sendable, Equatable {
        public let beginning: String
        public let total: Int

        init(_ capture: ChildResult.Capture) {
            beginning = capture.text
            total = capture.total
        }

        /// At most `limit` lines that are not empty, in full; control characters are blanks.
        public func lines(_ limit: Int = .max) -> [String] {
            beginning.split(whereSeparator: \.isNewline).prefix(limit).map { oneLine(String($0)) }
        }
    }

    public let outcome: Outcome
    /// What the file printed while it was loaded.
    public let output: Text
    public let error: Text
    /// How long it took.
    public let seconds: Double
    /// What a manifest calls, if it is a file.
    public let library: String?
    /// For people: what a manifest is turned into.
    public let explanation: String?
    /// BLAS libraries that came along, with what they say of themselves.
    public let blas: [String]

    public var description: PluginDescription? {
        if case .described(let description) = outcome { description } else { nil }
    }

    /// The signal that ended the process.
    public var signal: Signal? { if case .signalled(let number) = outcome { Signal(number) } else { nil } }

    /// Why the file is not used, without its path; nil where it is.
    public var refusal: EosError? {
        switch outcome {
        case .described: nil
        case .refused(let status, let message, _): EosError(Int(status), message)
        case .exited(let status):
            EosError(EOS_E_PLUGIN, "ended the process that loaded it, with exit status \(status)")
        case .signalled(let number): EosError(EOS_E_PLUGIN, "was ended by \(Signal(number)) while it was loaded")
        case .timedOut(let seconds):
            EosError(
                EOS_E_PLUGIN, "did not load within \(brief(seconds)) s; allow more time with `eos plugins --timeout`")
        }
    }

    /// Whether the file misbehaved, so that what it printed may tell why.
    public var isCrash: Bool {
        switch outcome {
        case .described, .refused: false
        case .exited, .signalled, .timedOut: true
        }
    }

    /// Whether asking again would give the same, for as long as the file stays as it is.
    var isLasting: Bool { if case .refused(_, _, let isFinal) = outcome { isFinal } else { true } }
}

/// 5 for 5.0, 0.25 for 0.25.
func brief(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
}
