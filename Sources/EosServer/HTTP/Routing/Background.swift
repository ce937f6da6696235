import EosProcesses
import Synchronization

/// Where requests read files and compute for long. Too many of them are refused.
final class Background: Sendable {
    private let queue = BackgroundQueue("eos.requests", atATime: 4)
    private let waiting = Mutex(0)
    /// Beyond this, requests are refused: each holds memory while it waits.
    private static let most = 512

    /// - Throws: `unavailable` where too much waits already.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ServiceError) -> Result
    ) async throws(ServiceError) -> Result {
        let isFull = waiting.withLock { waiting in
            if waiting >= Self.most { return true }
            waiting += 1
            return false
        }
        guard !isFull else {
            throw ServiceError(
                .unavailable, "\(Self.most) requests are already waiting for files", hint: "try again later")
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try await queue.run(body)
    }
}
