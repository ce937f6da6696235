import Foundation
import Synchronization

/// Waits for a whole response. A body that is an answer may be handed on in parts instead of being collected.
final class Collector: ResponseReceiver {
    /// Nothing that is collected is longer: what may be, is handed on in parts.
    private static let limit = 256 << 20

    private struct State {
        var response: APIResponse?
        var error: ClientError?
    }

    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)
    private let address: Address
    private let part: (@Sendable ([UInt8]) -> Bool)?

    /// - Parameter part: takes each part of the body of a response with a status below 300; false: no more.
    init(from address: Address, part: (@Sendable ([UInt8]) -> Bool)? = nil) {
        self.address = address
        self.part = part
    }

    func received(status: Int, headers: [(name: String, value: String)]) {
        state.withLock { $0.response = APIResponse(status: status, headers: headers, body: []) }
    }

    func received(bytes: [UInt8]) -> Demand {
        if let part, let status = state.withLock({ $0.response?.status }), status < 300 {
            return part(bytes) ? .more : .nothing
        }
        return state.withLock { state in
            state.response?.body += bytes
            guard state.response?.body.count ?? 0 > Self.limit else { return .more }
            state.error = ClientError(.strange, "the answer of \(address) exceeds \(Self.limit >> 20) MiB")
            return .nothing
        }
    }

    func ended(_ error: ClientError?) {
        state.withLock { $0.error = $0.error ?? error }
        end.signal()
    }

    /// Blocks until the response is complete. Once.
    func wait() throws(ClientError) -> APIResponse {
        end.wait()
        let state = state.withLock { $0 }
        if let error = state.error { throw error }
        guard let response = state.response else {
            throw ClientError(
                .interrupted, "\(address) closed the connection before it answered", hint: "check that eosd is running")
        }
        guard response.status < 400 else { throw ClientError(response, from: address) }
        return response
    }
}
