/// The life of a run, as one function: `after` tells what the run is after an event and what is to be done, in order.
///
/// eosd and the process that works on a run see the same life from two sides, which `hold` tells apart. An effect that
/// records is durable before the next one begins. Whoever dies between two effects takes up the run again by `found`.
public struct RunLife: Sendable, Hashable {
    /// Recorded last, or under way on request.
    public var state: RunState
    public var hold: Hold

    public init(_ state: RunState, _ hold: Hold = .nobody) {
        self.state = state
        self.hold = hold
    }

    /// Who has the run.
    public enum Hold: Sendable, Hashable {
        /// Nobody works on the run, and nobody is about to.
        case nobody
        /// The run waits for its turn.
        case queue
        /// The run was lost and waits before it joins the queue.
        case delay
        /// Another process works on the run; `wish` is what it was asked for.
        case worker(RunWish?)
        /// This process works on the run.
        case here(RunWish?)

        var wish: RunWish? {
            switch self {
            case .nobody, .queue, .delay: nil
            case .worker(let wish), .here(let wish): wish
            }
        }
    }

    public enum Event: Sendable, Hashable {
        /// eosd has started and found the run. A process may hold its lock; its records may be damaged; an earlier eosd
        /// may have been asked for something that nobody has heard of yet.
        case found(isHeld: Bool, isReadable: Bool, wish: RunWish? = nil)
        case asked(RunAction)
        /// Somebody wants the training under way to stop.
        case wished(RunWish)
        /// Somebody wants the run's directory removed.
        case removalAsked
        /// There is room for the run.
        case turned
        /// eosd has started a worker.
        case started
        /// Another process turned out to work on the run.
        case taken
        /// No worker can be started.
        case unstartable(String)
        /// The delay is over.
        case delayed
        /// The worker tells its state.
        case said(RunState)
        /// The worker is gone.
        case gone(Departure)
        /// Whether a lost run may be started again.
        case judged(Judgement)
        /// Nothing can be recorded of a run that nobody works on.
        case unrecordable
        /// This process begins to work on the run; or it has begun to train.
        case begun(String)
        case trains
        /// This process has stopped training, for whatever reason.
        case settled(StateChange)
    }

    /// What is known of a worker that is gone.
    public struct Departure: Sendable, Hashable {
        /// The state that the worker recorded last; nil: it recorded none.
        public var recorded: RunState?
        /// How it ended: `lost`, or an end that is the run's own fault.
        public var loss: StateChange
        /// The state that a run comes to whose worker had to be killed.
        public var forced: StateChange?

        public init(recorded: RunState?, loss: StateChange, forced: StateChange? = nil) {
            self.recorded = recorded
            self.loss = loss
            self.forced = forced
        }
    }

    public enum Judgement: Sendable, Hashable {
        /// After so many seconds.
        case allowed(after: Double)
        /// The run has used up its restarts.
        case exhausted(StateChange)
        /// The spec can't be read.
        case unknowable
    }

    public enum Effect: Sendable, Hashable {
        case record(StateChange)
        /// The run joins the queue, as the last one or as the next one.
        case join(isNext: Bool)
        case leaveQueue
        /// Start a worker, which ends in `started`, `taken` or `unstartable`.
        case launch
        /// Listen to the worker.
        case follow
        /// Make what was asked for survive this eosd: the worker may not hear of it before the next one.
        case remember(RunWish)
        /// Tell the worker.
        case tell(RunWish)
        /// Find out how the worker ended, which ends in `gone`.
        case inquire
        /// Find out whether the run may be started again, which ends in `judged`.
        case judge
        /// Wait for so many seconds, which ends in `delayed`.
        case delay(Double)
        /// Read the spec anew: somebody may have changed it.
        case readSpec
        /// Nothing happens to the run for now: let go of what is open for it.
        case rest
        case remove
        /// Ask the training in this process to stop.
        case interrupt(RunWish)
    }

    /// Why a request can't be granted.
    public enum Refusal: Error, Sendable, Hashable, CaseIterable {
        case cannotPause, notPaused, hasEnded, hasNotEnded, notRemovable

        /// One sentence without its subject.
        public var sentence: String {
            switch self {
            case .cannotPause: "it can't be paused"
            case .notPaused: "only a paused run can be resumed"
            case .hasEnded: "it has ended already"
            case .hasNotEnded: "only a run that has ended can be retried"
            case .notRemovable: "a run that has not ended can't be removed"
            }
        }

        /// What to do instead; empty: nothing.
        public var remedy: String {
            switch self {
            case .notPaused: "use `eos retry` for a run that has ended"
            case .notRemovable: "stop it first with `eos stop`"
            case .cannotPause, .hasEnded, .hasNotEnded: ""
            }
        }
    }

    public typealias Step = (life: RunLife, effects: [Effect])
}
