import EosJSON
import Foundation

/// Speaks with eosd, one request at a time and blocking: what a command line needs. Any thread.
public struct Client: Sendable {
    public let address: Address
    /// Seconds after which an answer of which nothing comes is given up.
    private let patience: Int
    /// Seconds for which a question that eosd was about to answer when it ended is asked again.
    private let endurance: Double

    public init(_ address: Address, patience: Int = 300, endurance: Double = 0) {
        self.address = address
        self.patience = patience
        self.endurance = endurance
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: also where eosd answers with an error.
    public func send(_ request: APIRequest) throws(ClientError) -> APIResponse {
        do throws(ClientError) { return try sendOnce(request) } catch {
            guard error.kind == .interrupted, request.method == "GET", endurance > 0 else { throw error }
        }
        // It was there: that it is not may pass.
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(endurance)
        var backoff = Backoff()
        while true {
            usleep(UInt32(backoff.next() * 1e6))
            do throws(ClientError) { return try sendOnce(request) } catch {
                guard error.mayPass, clock.now < deadline else { throw error }
            }
        }
    }

    private func sendOnce(_ request: APIRequest) throws(ClientError) -> APIResponse {
        let collector = Collector(from: address)
        _ = try Exchange.open(address, request, patience: patience, to: collector)
        return try collector.wait()
    }

    /// Sends a request and gives the body of its answer as it comes in, on another thread, until `part` returns false.
    public func stream(
        _ request: APIRequest, _ part: @escaping @Sendable ([UInt8]) -> Bool
    ) throws(ClientError) {
        let collector = Collector(from: address, part: part)
        _ = try Exchange.open(address, request, patience: patience, to: collector)
        _ = try collector.wait()
    }

    /// Sends a request whose answer is JSON.
    public func json(_ request: APIRequest) throws(ClientError) -> JSONText {
        let response = try send(request)
        do { return try JSONText(reading: response.body) } catch {
            throw ClientError(
                .strange, "\(request.method) \(request.target): the answer of \(address) is not JSON: \(error)",
                hint: "check that eosd listens there")
        }
    }
}

/// Waits that double, from a tenth of a second to two seconds.
public struct Backoff: Sendable {
    private var seconds = 0.1

    public init() {}

    public mutating func next() -> Double {
        defer { seconds = min(2 * seconds, 2) }
        return seconds
    }
}
