import Foundation
import Synchronization
import Testing

/// A client that follows a stream of events across every end of eosd, and notes what it was told.
final class Follower: Sendable {
    private struct State {
        var last = 0
        var faults: [String] = []
        var isOver = false
    }

    private let client: HTTPClient
    private let path: String
    private let state = Mutex(State())

    init(_ client: HTTPClient, _ path: String) {
        self.client = client
        self.path = path
    }

    /// The run whose events it follows.
    var run: String { path.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
    var last: Int { state.withLock(\.last) }
    var faults: [String] { state.withLock(\.faults) }
    func end() { state.withLock { $0.isOver = true } }

    func run() async {
        while !state.withLock(\.isOver) {
            let status = try? await client.follow(path, after: last) { [self] number, data in
                state.withLock { state in
                    if number != state.last + 1 { state.faults.append("\(number) after \(state.last)") }
                    state.last = number
                    return !state.isOver
                }
            }
            if let status, status != 200 {
                state.withLock { state in state.faults.append("status \(status) after \(state.last)") }
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
