import CEos
import EosCore
import Synchronization

/// What stands before the calls that are given a trainer: while one of them is under way, callbacks of it may not change
/// the trainer.
///
/// Calls from two threads at once are a mistake of the program. They are found where they overlap visibly: looking for
/// them with certainty would cost every call a locked instruction.
final class Entrance: Sendable {
    enum Access {
        /// Reads what stands still during callbacks: always allowed.
        case looks
        /// Allowed in the observer, too: the iterate is complete there.
        case saves
        /// Allowed while no other call is under way.
        case changes
    }

    private let isBusy = Atomic<Bool>(false)
    private let observing = Atomic<Bool>(false)
    private let isFreed = Atomic<Bool>(false)

    /// Whether the observer is being called.
    var isObserving: Bool {
        get { observing.load(ordering: .relaxed) }
        set { observing.store(newValue, ordering: .relaxed) }
    }

    /// Runs `body`, or throws `EOS_E_STATE` where a call that is under way forbids it.
    @inline(__always)
    func pass(_ access: Access, _ body: () throws(EosError) -> Void) throws(EosError) {
        guard access != .looks else { return try body() }
        let (wasBusy, wasObserving) = (isBusy.load(ordering: .relaxed), isObserving)
        if wasBusy { try refuse(access) }
        isBusy.store(true, ordering: .relaxed)
        isObserving = false
        defer {
            isBusy.store(wasBusy, ordering: .relaxed)
            isObserving = wasObserving
        }
        try body()
    }

    @inline(never)
    private func refuse(_ access: Access) throws(EosError) {
        if access == .saves, isObserving { return }
        throw EosError(
            EOS_E_STATE,
            "the trainer is in another call; its callbacks may only inspect it (eos_trainer_progress, "
                + "eos_trainer_current, "
                + "eos_trainer_best), stop it and, in the observer, save it, and other threads must wait for that call")
    }

    /// Notes that the trainer is to be freed at the end of the call under way; false where there is none.
    func isToBeFreedLater() -> Bool {
        guard isBusy.load(ordering: .relaxed) else { return false }
        isFreed.store(true, ordering: .relaxed)
        return true
    }

    /// Whether the trainer is to be freed now that no call is under way.
    @inline(__always)
    func takeFreed() -> Bool {
        guard isFreed.load(ordering: .relaxed), !isBusy.load(ordering: .relaxed) else { return false }
        isFreed.store(false, ordering: .relaxed)
        return true
    }
}
