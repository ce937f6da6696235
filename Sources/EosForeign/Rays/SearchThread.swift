import CEos
import EosCore
import Glibc
import Synchronization

/// What a search gave back.
public enum SearchResult: Sendable, Equatable {
    case step(Double)
    /// Its status says that it found none.
    case failed(Int)
}

/// A search that calls for values: a function of a library, bound to a ray.
public protocol PushedSearch: AnyObject {
    /// Runs to its end on the thread of the search; values come from the ray that it was made for.
    func run(_ start: SearchStart) -> SearchResult
}

/// The thread of a search, so that what calls for values can be pulled: it waits where it asks.
///
/// Thread, search and ray end together and no sooner than the search returns: what it could call is there for as long
/// as it runs.
final class SearchThread: @unchecked Sendable {
    // Unchecked: what is not atomic belongs to whose turn it is.
    typealias Turn = SearchRay.Turn

    enum Event: Equatable {
        case asks(Double)
        case returned(SearchResult)
        /// It ended its thread.
        case gone
        /// It asks for ever.
        case endless
        /// It neither asked nor returned in time.
        case silent
    }

    let ray: SearchRay
    private let search: any PushedSearch
    private var result = SearchResult.failed(0)
    private var thread = pthread_t()
    private let isDismissed = Atomic<Bool>(false)

    /// - Throws: `EOS_E_MEMORY` where the system has no more threads.
    init(_ ray: SearchRay, _ search: any PushedSearch) throws(EosError) {
        self.ray = ray
        self.search = search
        try begin()
    }

    private func begin() throws(EosError) {
        let own = Unmanaged.passRetained(self)
        let status = withOutsideSignalsBlocked {
            pthread_create(
                &thread, nil,
                { argument in
                    // Given back by the key's destructor, however the thread ends.
                    pthread_setspecific(endOfThread, argument)
                    Unmanaged<SearchThread>.fromOpaque(argument!)._withUnsafeGuaranteedRef { $0.serve() }
                    return nil
                }, own.toOpaque())
        }
        guard status == 0 else {
            own.release()
            throw EosError(
                EOS_E_MEMORY, "the thread of the search can't be started: \(String(cString: strerror(status)))")
        }
    }

    private func serve() {
        var turn = Turn.idle
        while let next = ray.baton.wait(whileIs: turn.rawValue), next != Turn.dismissed.rawValue {
            ray.open()
            result = search.run(ray.start)
            ray.close()
            // Set before it is looked at: `dismiss` does it the other way round.
            ray.baton.set(Turn.returned.rawValue)
            if isDismissed.load(ordering: .sequentiallyConsistent) { return }
            turn = .returned
        }
    }

    fileprivate func end() { ray.baton.set(Turn.gone.rawValue) }

    // For the puller, in its turn.

    /// Starts the search and waits for what comes of it, at most `seconds`.
    func begin(_ start: SearchStart, seconds: Double) -> Event {
        ray.begin(start)
        return wait(.begun, seconds)
    }

    func answer(_ trial: SearchRay.Trial, seconds: Double) -> Event {
        ray.answer(trial)
        return wait(.answered, seconds)
    }

    private func wait(_ turn: Turn, _ seconds: Double) -> Event {
        guard let next = ray.baton.wait(whileIs: turn.rawValue, seconds: seconds) else { return .silent }
        switch Turn(rawValue: next)! {
        case .asked: return .asks(ray.question)
        case .returned: return .returned(result)
        case .endless: return .endless
        default: return .gone
        }
    }

    /// Ends a search that is under way: it is told +inf until it returns.
    ///
    /// - Returns: false where it has not returned within `seconds`.
    func callOff(seconds: Double) -> Bool {
        switch ray.turn {
        case .idle, .returned: return true
        case .gone, .endless: return false
        default: break
        }
        ray.callOff()
        while true {
            let turn = ray.turn
            switch turn {
            case .returned: return true
            case .gone, .endless: return false
            case .asked: ray.callOff()
            default:
                if ray.baton.wait(whileIs: turn.rawValue, seconds: seconds) == nil { return false }
            }
        }
    }

    /// Ends the thread, for good: now where no search is under way, else once it has returned; never, where it does
    /// not.
    func dismiss() {
        isDismissed.store(true, ordering: .sequentiallyConsistent)
        ray.callOff()
        switch ray.turn {
        case .idle, .returned:
            ray.baton.set(Turn.dismissed.rawValue)
            pthread_join(thread, nil)
        case .gone: pthread_join(thread, nil)
        default: pthread_detach(thread)
        }
    }
}

/// A key whose value is a thread's own reference to its `SearchThread`: also where a library calls pthread_exit.
private let endOfThread: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { value in
        guard let value else { return }
        let thread = Unmanaged<SearchThread>.fromOpaque(value)
        thread._withUnsafeGuaranteedRef { $0.end() }
        thread.release()
    }
    return key
}()
