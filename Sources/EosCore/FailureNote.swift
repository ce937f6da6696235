import Synchronization

/// Where a plugin's sentence about a failure waits until the host turns the status into an error.
public final class FailureNote: Sendable {
    private let note = Mutex<String?>(nil)

    public init() {}

    public var message: String? {
        get { note.withLock { $0 } }
        set { note.withLock { $0 = newValue } }
    }

    /// The sentence, which is then forgotten.
    public func take() -> String? {
        note.withLock { message in
            defer { message = nil }
            return message
        }
    }
}
