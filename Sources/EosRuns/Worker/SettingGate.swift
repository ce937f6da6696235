import CEos
import EosCore
import Synchronization

/// Lets settings through to a session while there is one.
final class SettingGate: Sendable {
    private let control = Mutex<RunControl?>(nil)

    func open(_ control: RunControl) { self.control.withLock { $0 = control } }
    func close() { control.withLock { $0 = nil } }

    func set(_ assignments: [String], _ done: @escaping @Sendable (EosError?) -> Void) {
        guard let control = control.withLock({ $0 }) else {
            return done(EosError(EOS_E_STATE, "the run is just starting or ending; try again"))
        }
        control.set(assignments, done)
    }
}
