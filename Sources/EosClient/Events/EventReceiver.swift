import Foundation
import Synchronization

/// Turns the body of a stream's response into events in the inbox.
final class EventReceiver: ResponseReceiver {
    private struct State {
        var parser = EventParser()
        var refusal: APIResponse?
    }

    private let inbox: EventInbox
    private let address: Address
    private let state = Mutex(State())

    init(_ inbox: EventInbox, _ address: Address) {
        self.inbox = inbox
        self.address = address
    }

    func received(status: Int, headers: [(name: String, value: String)]) {
        if status == 200 { return _ = inbox.put([.opened]) }
        state.withLock { $0.refusal = APIResponse(status: status, headers: headers, body: []) }
    }

    func received(bytes: [UInt8]) -> Demand {
        let (events, id) = state.withLock { state -> ([ServerEvent], String?) in
            guard state.refusal == nil else {
                state.refusal!.body += bytes
                return ([], nil)
            }
            return (state.parser.feed(bytes), state.parser.id)
        }
        return inbox.put(events.map { .event($0) }, id: id) ? .more : .later
    }

    func ended(_ error: ClientError?) {
        let refusal = state.withLock { $0.refusal }
        _ = inbox.put([.ended(refusal.map { ClientError($0, from: address) } ?? error)])
    }
}
