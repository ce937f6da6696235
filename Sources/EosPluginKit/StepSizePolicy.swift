import CEos

/// Decides the step size: proposes a step, judges trials, and directs the search where it wants another direction than
/// that of steepest descent. It sees scalars only and never evaluates anything itself.
///
/// Conform a struct: `reset` is then its initial value, for nothing. Conform to `StatefulPolicy` if later steps depend on
/// earlier ones, so that a saved run goes on to the same bits.
public protocol StepSizePolicy {
    static var descriptor: Descriptor { get }

    /// `configuration` is lent for the call; `host` may be kept.
    init(configuration: ConfigReader, host: HostServices) throws

    /// What it must be given. Asked once. Without: nothing.
    var needs: StepNeeds { get }

    /// The step of the first trial, positive and finite.
    mutating func propose(_ iterate: Iterate) throws -> Double
    mutating func judge(_ iterate: Iterate, _ trial: Trial) throws -> StepVerdict
    /// The search ended with this trial; `iterate` is still the one that it started from. Without: nothing to do.
    mutating func accepted(_ iterate: Iterate, _ trial: Trial) throws

    /// Steps that `direct` is to be told of, at most `EOS_HISTORY_MAX`. Asked once. Without: 0, and the direction is -g.
    var historyPairs: Int { get }
    /// The direction d, as one factor for each vector of the history. Called before `propose`, when the slope, the length
    /// and the curvature along d are not known yet. Follows from the arguments and the configuration alone, so that a run
    /// can be gone through once more by its steps.
    func direct(_ iterate: Iterate, _ history: StepHistory) throws -> [Double]

    /// The kit's own: the bodies of the C calls, compiled for this type. Do not implement them.
    static func _propose(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ step: UnsafeMutablePointer<Double>
    ) -> eos_status
    static func _judge(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ trial: UnsafePointer<eos_trial>,
        _ verdict: UnsafeMutablePointer<eos_verdict>
    ) -> eos_status
    static func _accepted(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ trial: UnsafePointer<eos_trial>
    ) -> eos_status
    static func _direct(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ history: UnsafePointer<eos_history>,
        _ factors: UnsafeMutablePointer<Double>
    ) -> eos_status
}

/// A policy whose later steps depend on earlier ones.
public protocol StatefulPolicy: StepSizePolicy {
    func save(to stream: inout StateWriter) throws
    /// Works on a copy of the policy, which takes its place on success.
    mutating func load(from stream: inout StateReader) throws
}

extension StepSizePolicy {
    public var needs: StepNeeds { [] }

    @inlinable
    public mutating func accepted(_ iterate: Iterate, _ trial: Trial) throws {}

    public var historyPairs: Int { 0 }

    @inlinable
    public func direct(_ iterate: Iterate, _ history: StepHistory) throws -> [Double] { history.steepestDescent }

    @inlinable
    public static func _direct(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ history: UnsafePointer<eos_history>,
        _ factors: UnsafeMutablePointer<Double>
    ) -> eos_status {
        let box = PolicyBox<Self>.at(box)
        return box.pointee.head.host.attempting {
            let history = StepHistory(history)
            let direction = try box.pointee.policy.direct(Iterate(raw: iterate.pointee), history)
            guard direction.count == history.count else {
                throw PluginError.failed(
                    "direct returned \(direction.count) factors, but the history has \(history.count) vectors")
            }
            for (i, factor) in direction.enumerated() { factors[i] = factor }
        }
    }

    @inlinable
    public static func _propose(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ step: UnsafeMutablePointer<Double>
    ) -> eos_status {
        let box = PolicyBox<Self>.at(box)
        return box.pointee.head.host.attempting {
            step.pointee = try box.pointee.policy.propose(Iterate(raw: iterate.pointee))
        }
    }

    @inlinable
    public static func _judge(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ trial: UnsafePointer<eos_trial>,
        _ verdict: UnsafeMutablePointer<eos_verdict>
    ) -> eos_status {
        let box = PolicyBox<Self>.at(box)
        return box.pointee.head.host.attempting {
            switch try box.pointee.policy.judge(Iterate(raw: iterate.pointee), Trial(trial)) {
            case .accept(let step, let reason):
                verdict.pointee.action = Int32(EOS_ACCEPT)
                verdict.pointee.step = step
                verdict.pointee.reason = reason.rawValue
            case .try(let step):
                verdict.pointee.action = Int32(EOS_TRY)
                verdict.pointee.step = step
            }
        }
    }

    @inlinable
    public static func _accepted(
        _ box: UnsafeMutableRawPointer, _ iterate: UnsafePointer<eos_iterate>, _ trial: UnsafePointer<eos_trial>
    ) -> eos_status {
        let box = PolicyBox<Self>.at(box)
        return box.pointee.head.host.attempting {
            try box.pointee.policy.accepted(Iterate(raw: iterate.pointee), Trial(trial))
        }
    }
}
