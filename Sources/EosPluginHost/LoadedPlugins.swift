import CEos
import EosCore
import Glibc

/// The plugins that were loaded, by file: the same file gives the same plugin, and is loaded once.
///
/// Nothing of a plugin's runs inside the lock. Who asks for a file that another thread is loading waits for the outcome,
/// unless that thread waits, for whatever number of files in between, for the one who asks.
final class LoadedPlugins: @unchecked Sendable {
    // Unchecked: the lock of `changed` guards all that changes.
    typealias Outcome = Result<LoadedPlugin, LoadedPlugin.Refusal>

    private enum Entry {
        case loading(by: pthread_t)
        case done(Outcome)
    }

    private let changed = Condition()
    private var entries: [SharedObject.Identity: Entry] = [:]
    /// What each thread waits for.
    private var waiting: [pthread_t: SharedObject.Identity] = [:]

    /// What came of loading `file`; `load` is called where nobody has loaded it, or the outcome was not kept.
    func outcome(of file: SharedObject.Identity, loading load: () -> (outcome: Outcome, isKept: Bool)) -> Outcome {
        if let known = claim(file) { return known }
        let (outcome, isKept) = load()
        changed.withLock {
            entries[file] = isKept ? .done(outcome) : nil
            changed.broadcast()
        }
        return outcome
    }

    /// Those that can be used.
    var all: [LoadedPlugin] {
        changed.withLock {
            entries.values.compactMap { entry in
                if case .done(let outcome) = entry { try? outcome.get() } else { nil }
            }
        }
    }

    /// The outcome that is known; nil: the calling thread is to load the file.
    private func claim(_ file: SharedObject.Identity) -> Outcome? {
        let thread = pthread_self()
        return changed.withLock {
            while let entry = entries[file] {
                switch entry {
                case .done(let outcome): return outcome
                case .loading(let other):
                    guard !waits(other, for: thread) else { return .failure(Self.circle) }
                    waiting[thread] = file
                    _ = changed.wait()
                    waiting[thread] = nil
                }
            }
            entries[file] = .loading(by: thread)
            return nil
        }
    }

    /// Whether a thread is this one or waits for what it loads.
    private func waits(_ other: pthread_t, for thread: pthread_t) -> Bool {
        var other = other
        while other != thread {
            guard let file = waiting[other], case .loading(let next)? = entries[file] else { return false }
            other = next
        }
        return true
    }

    private static let circle = LoadedPlugin.Refusal(
        error: EosError(
            EOS_E_STATE, "is being loaded, and its init would wait for itself; load it after init has returned"),
        isFinal: false)
}
