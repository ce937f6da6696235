import HTTPTypes
import Synchronization

/// Counts and times of requests, by route.
final class HTTPMetrics: Sendable {
    /// Upper ends of the histogram's buckets in seconds.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5]

    struct Key: Hashable, Sendable {
        let route: String
        let method: String
        let status: Int
    }
    struct Histogram: Sendable {
        /// The last one is of what is above all bounds.
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var seconds = 0.0
    }
    struct Counts: Sendable {
        var requests: [Key: Int] = [:]
        var times: [String: Histogram] = [:]
    }

    private let counts = Mutex(Counts())

    /// - Parameter route: nil, or not below /: no route of ours. Paths of clients never become labels.
    func count(route: String?, method: HTTPRequest.Method, status: HTTPResponse.Status, seconds: Double) {
        let route = route.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "other"
        let key = Key(route: route, method: Self.label(method), status: status.code)
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        counts.withLock { counts in
            counts.requests[key, default: 0] += 1
            counts.times[route, default: Histogram()].buckets[bucket] += 1
            counts.times[route]!.seconds += seconds
        }
    }

    var snapshot: Counts { counts.withLock { $0 } }

    private static func label(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post, .put, .delete, .patch, .options].contains(method) ? method.rawValue : "other"
    }
}
