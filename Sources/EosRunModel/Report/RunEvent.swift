/// Something that happened to a run, in the order in which it became durable.
///
/// Sequence numbers count up from 1, for each run in its `run.db` and for all runs in eosd's index, so that whoever was
/// cut off goes on after the last one seen. There are no gaps but where damaged records were replaced.
public struct RunEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A change of state. `state`, `reason`, `iteration`, `signal`, `exit_code`.
        case state
        /// Iterates were recorded. `first`, `last` (iterations), then numbers of the last one (`RunColumn.Places.events`).
        case iterates
        /// A checkpoint was written. `iteration`, `bytes`.
        case checkpoint
        /// Records after an iteration were taken back, because the run goes on from there. `iteration`.
        case rewind
        /// A key was set while the run was going. `key`, `value`, `iteration`.
        case setting
        /// The run goes on with other plugins, as was asked for. `iteration`, `changes` (`name`, `old`, `new` of each).
        case plugins
        /// The run was removed with its directory: only among the events of all runs.
        case removed

        /// As it is recorded: an earlier eos called records of iterates metrics.
        public init(recorded word: String) { self = Kind(rawValue: word) ?? (word == "metrics" ? .iterates : .state) }
    }

    public var sequence: Int
    public var run: String
    public var kind: Kind
    /// Seconds since 1970.
    public var time: Double
    /// A JSON object on one line.
    public var data: String

    public init(sequence: Int, run: String, kind: Kind, time: Double, data: String) {
        self.sequence = sequence
        self.run = run
        self.kind = kind
        self.time = time
        self.data = data
    }
}
