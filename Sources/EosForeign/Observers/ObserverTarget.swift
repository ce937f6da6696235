import EosPluginHost
import Synchronization

/// Whose log an observer writes to.
public enum ObserverTarget: Sendable {
    case nobody
    /// The host of the object that it was made for.
    case object(Host)
    /// Whoever made an object of the library last: for observers that belong to the library as a whole.
    case library(LastHost)

    var host: Host? {
        switch self {
        case .nobody: nil
        case .object(let host): host
        case .library(let last): last.host
        }
    }
}

/// The host that last made an object of a library, for as long as it lives.
public final class LastHost: Sendable {
    private struct Reference {
        weak var host: Host?
    }

    private let reference = Mutex(Reference())

    public init() {}

    public var host: Host? {
        get { reference.withLock { $0.host } }
        set { reference.withLock { $0.host = newValue } }
    }
}
