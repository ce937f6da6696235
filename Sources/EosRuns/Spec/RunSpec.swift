import EosCore
import Glibc

/// What a run is to do: an objective, a policy, when to stop and what to keep, as a spec in TOML says it.
///
/// Made complete by `SpecResolver`: every key has its value, checked against the schema of what takes it.
public struct RunSpec: Sendable, Equatable {
    public let name: String
    /// Id or short name of the objective, and the values of its own keys (`layers`, `data.file`).
    public let plugin: String
    public let objective: Configuration
    /// Of the starting point and of everything random in the run.
    public let seed: UInt64
    public let policyName: String
    public let policy: Configuration
    public let probes: Probes
    public let telemetry: Telemetry
    public let checkpoint: Checkpoint
    public let limits: Limits
    public let restart: Restart
    public let compute: Compute
    /// The keys of the run itself by table, complete, as `SpecSchema.sections` lists them.
    let tables: [String: Configuration]

    /// `iterations`, `loss`, `gradient_norm`, `step`, `seconds`, `evaluations`.
    public var stop: Configuration { tables["stop"]! }

    /// Measurements on the way, which never change the trajectory.
    public struct Probes: Sendable, Equatable {
        /// Iterations from one measurement of the sharpness to the next; 0: never.
        public var sharpnessEvery: Int
        /// Leading eigenvalues measured.
        public var sharpnessCount: Int
        public var sharpnessTolerance: Double
        /// Iterations from one measurement of the objective's own metrics to the next; 0: only at the end.
        public var metricsEvery: Int
    }

    /// What is recorded of the iterates.
    public struct Telemetry: Sendable, Equatable {
        /// Iterations from one recorded iterate to the next, at least 1.
        public var every: Int
    }

    public struct Checkpoint: Sendable, Equatable {
        /// Seconds from one checkpoint to the next; 0: only at the end.
        public var everySeconds: Double
        /// How many of the last ones stay.
        public var keep: Int
    }

    /// What the run's worker may use; 0: no limit.
    public struct Limits: Sendable, Equatable {
        /// Bytes of private memory.
        public var memory: UInt64
        /// Wall time since the run was started, over its restarts.
        public var seconds: Double
        /// Processor time of one worker.
        public var processorSeconds: Double
        /// Time for an iteration, after which the run counts as stalled.
        public var evaluationSeconds: Double
        /// Whether a stalled run ends.
        public var endsStalled: Bool

        public static let none = Limits(
            memory: 0, seconds: 0, processorSeconds: 0, evaluationSeconds: 0, endsStalled: false)
    }

    public struct Restart: Sendable, Equatable {
        /// In a row, without a new checkpoint.
        public var limit: Int
        /// Seconds before the first of them; doubled by each further one.
        public var delay: Double

        /// Seconds to wait after `losses` workers in a row were lost.
        public func delay(after losses: Int) -> Double { min(delay * exp2(Double(max(losses - 1, 0))), 60) }
    }

    public struct Compute: Sendable, Equatable {
        /// 0: as many as there are processors.
        public var threads: Int
    }
}

extension RunSpec {
    /// What a trainer is told: `seed`, `stop.*`, `sharpness.*`.
    public var trainerSettings: Configuration {
        var settings = Configuration()
        settings["seed"] = .integer(Int64(bitPattern: seed))
        settings.merge(stop, under: "stop")
        settings.merge(tables["probes.sharpness"]!, under: "sharpness")
        return settings
    }
}
