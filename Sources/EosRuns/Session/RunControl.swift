import CEos
import EosCore
import EosPluginHost
import EosRunModel
import Synchronization

/// Reaches into a session from other threads.
public final class RunControl: @unchecked Sendable {
    // Unchecked because a trainer belongs to one thread; the one function used here may be called from any.
    private let trainer: Trainer
    private let host: EosPluginHost.Host?
    let requests: RunRequests

    init(_ trainer: Trainer, _ host: EosPluginHost.Host?, _ requests: RunRequests) {
        self.trainer = trainer
        self.host = host
        self.requests = requests
    }

    /// Asks for a stop after the evaluation under way. The first cause stays, but for a pause that becomes final.
    public func stop(_ cause: StateChange = .pause) {
        requests.take(cause)
        trainer.requestStop()
        host?.cancel()
    }

    /// Asks for the iterate to be shown after the iteration under way.
    func look() { trainer.requestAttention() }

    /// Asks for live keys to be set before the next iteration; `done` is called there, on the thread of the session, or
    /// here and now where the session has ended.
    public func set(_ assignments: [String], _ done: @escaping @Sendable (EosError?) -> Void) {
        requests.take(RunRequests.Setting(assignments: assignments, done: done))
        trainer.requestAttention()
    }
}

/// What other threads ask of a session.
final class RunRequests: Sendable {
    struct Setting: Sendable {
        let assignments: [String]
        let done: @Sendable (EosError?) -> Void
    }

    private struct State {
        var cause: StateChange?
        var settings: [Setting] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let waiting = Atomic(false)

    /// Whether something is to be set: looked at after every iteration.
    var hasSettings: Bool { waiting.load(ordering: .relaxed) }
    var cause: StateChange? { state.withLock(\.cause) }

    func take(_ cause: StateChange) {
        state.withLock { if $0.cause?.isFinal != true { $0.cause = cause } }
    }

    func take(_ setting: Setting) {
        let isLate = state.withLock {
            if !$0.hasEnded { $0.settings.append(setting) }
            return $0.hasEnded
        }
        if isLate { return setting.done(Self.ended) }
        waiting.store(true, ordering: .relaxed)
    }

    func takeSettings() -> [Setting] {
        waiting.store(false, ordering: .relaxed)
        return state.withLock { state in
            defer { state.settings = [] }
            return state.settings
        }
    }

    /// Nothing will be set any more.
    func end() {
        let late = state.withLock { state in
            defer { state.settings = [] }
            state.hasEnded = true
            return state.settings
        }
        for setting in late { setting.done(Self.ended) }
    }

    private static let ended = EosError(EOS_E_STATE, "the training has stopped; set the key when you resume the run")
}

/// Lets settings through to a session while there is one.
final class SettingGate: Sendable {
    private let control = Mutex<RunControl?>(nil)

    func open(_ control: RunControl) { self.control.withLock { $0 = control } }
    func close() { control.withLock { $0 = nil } }

    func set(_ assignments: [String], _ done: @escaping @Sendable (EosError?) -> Void) {
        guard let control = control.withLock({ $0 }) else {
            return done(EosError(EOS_E_STATE, "the run is starting or ending; try again"))
        }
        control.set(assignments, done)
    }
}
