import EosCore
import EosProcesses
import EosRuns
import NIOPosix
import Synchronization

/// Threads for what blocks, reads files or computes for long: neither event loops nor Swift's own threads do that.
final class Background: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 4)
    private let waiting = Mutex(0)
    /// Beyond this, requests are refused: each holds memory while it waits.
    private static let most = 512

    init() { pool.start() }

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
            throw ServiceError(.unavailable, "\(Self.most) requests wait for files already", hint: "try again")
        }
        defer { waiting.withLock { $0 -= 1 } }
        do {
            return try await pool.runIfActive {
                standBack()
                return try body()
            }
        } catch let error as ServiceError {
            throw error
        } catch {
            throw ServiceError(.unavailable, "eosd is about to end", hint: "try again once it is back")
        }
    }

    func stop() async { try? await pool.shutdownGracefully() }
}
