import CEosGuard
import Glibc
import Synchronization

/// Stands around the calls into one plugin: notes which one is under way, for the line that tells why a process ended,
/// and puts back what a plugin must not change.
///
/// What was changed is warned of once for each function and thing. Any thread.
public final class CallGuard: Sendable {
    public typealias Warn = @Sendable (_ message: String) -> Void

    /// Of functions that are no plugin's: nobody is warned.
    public static let none = CallGuard()

    /// Never freed: a handler may look at it at any time.
    @usableFromInline nonisolated(unsafe) let file: UnsafePointer<CChar>?
    private let name: String
    private let scope: GuardScope
    private let warn: Warn
    private let said = Mutex<Set<String>>([])

    private init() {
        file = nil
        name = "a function of the program"
        scope = .thread
        warn = { _ in }
    }

    /// - Parameters:
    ///   - file: the plugin's.
    ///   - scope: how much is put back.
    ///   - warn: takes one line, which begins with the file.
    public init(file: String, scope: GuardScope, warn: @escaping Warn) {
        self.file = Self.immortal(file)
        self.scope = scope
        name = file
        self.warn = warn
    }

    /// For calls that may come by the million: rounding and denormals are put back, all else is not looked at.
    @inlinable @inline(__always)
    public func evaluating<Result>(_ function: call_function, _ call: () -> Result) -> Result {
        let before = calls_enter(file, function)
        // A program may compute in a mode of its own, which is then what has to be found again.
        let own = floating_point_is_plain() != 0 ? nil : floating_point_control()
        let result = call()
        if floating_point_is_plain() == 0 || own != nil { putBack(own, function) }
        calls_leave(before)
        return result
    }

    /// Notes the call and looks at nothing: for calls that another thread answers.
    @inline(__always)
    public func naming<Result, Failure: Error>(
        _ function: call_function, _ call: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let before = calls_enter(file, function)
        defer { calls_leave(before) }
        return try call()
    }

    /// For all other calls: everything of the guard's scope is put back.
    public func calling<Result, Failure: Error>(
        _ function: call_function, _ call: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // What a program does in functions of its own is its own affair.
        guard file != nil else { return try call() }
        var state = ProcessState.note(scope)
        let before = calls_enter(file, function)
        defer {
            calls_leave(before)
            tell(state.restore(), function)
        }
        return try call()
    }

    @usableFromInline @inline(never)
    func putBack(_ own: UInt32?, _ function: call_function) {
        let control = floating_point_control()
        let wanted = own ?? floating_point_plain(control)
        guard control != wanted else { return }
        floating_point_set(wanted)
        tell(.floatingPoint, function)
    }

    private func tell(_ changes: ProcessState.Changes, _ function: call_function) {
        guard !changes.isEmpty else { return }
        let message =
            "\(name): its \(String(cString: calls_name(function))) changed \(changes.text), which was restored; a "
            + "plugin must not change it"
        if said.withLock({ $0.insert(message).inserted }) { warn(message) }
    }

    /// The same text for the same file, however many objects are made.
    private static func immortal(_ file: String) -> UnsafePointer<CChar> {
        let address = files.withLock { files in
            if let address = files[file] { return address }
            let address = UInt(bitPattern: strdup(file))
            files[file] = address
            return address
        }
        return UnsafePointer(bitPattern: address)!
    }

    private static let files = Mutex<[String: UInt]>([:])
}
