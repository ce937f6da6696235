import CEosGuard
import EosCore
import Glibc
import Synchronization

/// The end of a process of eos, in which plugins are guests.
///
/// By then everything is saved and told, so that nothing changes the exit status any more. Plugins may still clean up in
/// their destroy and deinit, within `patience`; one that crashes, exits or hangs there leaves a warning. Their exit
/// handlers and destructors are not run: those of libraries that they use crash and hang most often.
public enum ProcessEnd {
    /// Seconds for all plugins together.
    public static let patience = 3.0

    private struct Duties {
        var kept: [Any] = []
        var cleanups: [@Sendable () -> Void] = []
    }

    /// Written by the thread of the run alone; a lock, because nothing else shows that.
    private static let duties = Mutex(Unchecked(Duties()))

    private struct Unchecked<Value>: @unchecked Sendable {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Keeps an object of a plugin until the process ends, so that its destroy is called when all is saved. Where the
    /// caller keeps it, too, it is destroyed at the end at the earliest.
    public static func keep(_ object: Any) {
        let object = Unchecked(object)
        duties.withLock { $0.value.kept.append(object.value) }
    }

    /// Has something done at the end, after objects are destroyed; what was registered last is done first.
    public static func register(_ cleanup: @escaping @Sendable () -> Void) {
        duties.withLock { $0.value.cleanups.append(cleanup) }
    }

    /// Ends the process. On the thread of the run, when nothing else is at work with plugins.
    ///
    /// - Parameter isUsed: whether plugins are more than looked at; only then their destroy and deinit are called.
    public static func exit(_ status: Int32, isUsed: Bool = true) -> Never {
        if ending_settle(status, Int32(patience * 1000)) == 0 {
            if isUsed { finish() }
            // What plugins wrote to files of the C library, and did not close.
            fflush(nil)
        }
        _exit(status)
    }

    private static func finish() {
        var duties = duties.withLock { duties in
            defer { duties.value = Duties() }
            return Unchecked(duties.value)
        }.value
        while !duties.kept.isEmpty { duties.kept.removeLast() }
        while let cleanup = duties.cleanups.popLast() { cleanup() }
        LoadedPlugin.deinitialiseAll()
    }
}
