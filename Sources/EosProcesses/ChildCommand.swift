/// A program to run as a child, and how far it may go.
public struct ChildCommand: Sendable {
    /// What the child may use. Core dumps are off.
    public struct Limits: Sendable {
        /// After this long, all that the child started is killed; nil: never.
        public var seconds: Double?
        /// Of address space (RLIMIT_AS), in bytes, rounded down to KiB.
        public var memory: UInt64?
        /// Processor time (RLIMIT_CPU) in whole seconds: SIGXCPU.
        public var processorSeconds: UInt64?
        /// Bytes kept of standard output and of standard error each; what is beyond is read and dropped.
        public var text: Int
        /// Bytes kept of what is written to descriptor 3.
        public var results: Int

        /// Whether nothing is to be limited from the child's first instruction on.
        var isPlain: Bool { memory == nil && processorSeconds == nil }

        public init(
            seconds: Double?, memory: UInt64? = nil, processorSeconds: UInt64? = nil, text: Int = 1 << 16,
            results: Int = 1 << 24
        ) {
            self.seconds = seconds
            self.memory = memory
            self.processorSeconds = processorSeconds
            self.text = text
            self.results = results
        }
    }

    /// A path; PATH is not searched.
    public var program: String
    /// Without the program's own name.
    public var arguments: [String]
    /// Added to the environment of this process; nil takes a variable away.
    public var environment: [String: String?]
    /// Where it starts; nil: where this process is.
    public var directory: String?
    public var limits: Limits

    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
        limits: Limits
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.limits = limits
    }
}
