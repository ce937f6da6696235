/// What became of a child.
public struct ChildResult: Sendable {
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Signal)
        /// Killed, because its time was up.
        case timedOut
    }

    /// The beginning of what was written to a descriptor.
    public struct Capture: Sendable, Equatable {
        public let bytes: [UInt8]
        /// Bytes that were written in all; those beyond the limit were dropped.
        public let total: Int

        public init(bytes: [UInt8], total: Int) {
            self.bytes = bytes
            self.total = total
        }

        public var isCut: Bool { total > bytes.count }
        /// As UTF-8, repaired.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    public let ending: Ending
    public let output: Capture
    public let error: Capture
    /// Of descriptor 3.
    public let results: Capture
    /// From the start to the end.
    public let seconds: Double
}

extension ChildResult.Ending: CustomStringConvertible {
    /// "ended with exit status 3", "was ended by SIGSEGV (Segmentation fault)", "did not end in time".
    public var description: String {
        switch self {
        case .exited(let status): "ended with exit status \(status)"
        case .signalled(let signal): "was ended by \(signal)"
        case .timedOut: "did not end in time"
        }
    }
}
