import NIOCore
import Synchronization

/// The connections that are open.
final class Connections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var listeners: [any Channel] = []
        var isQuiescing = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.channels.count } }

    /// Takes in a connection until it is closed, and says how many there are with it.
    func add(_ channel: any Channel) -> Int {
        let key = ObjectIdentifier(channel)
        let (count, isQuiescing) = state.withLock { state in
            state.channels[key] = channel
            return (state.channels.count, state.isQuiescing)
        }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { _ = $0.channels.removeValue(forKey: key) }
        }
        if isQuiescing { channel.close(promise: nil) }
        return count
    }

    func add(listener: any Channel) {
        let isQuiescing = state.withLock { state in
            state.listeners.append(listener)
            return state.isQuiescing
        }
        if isQuiescing { listener.close(promise: nil) }
    }

    /// Closes what listens, and every connection once its request is answered.
    func quiesce() {
        let (listeners, channels) = state.withLock { state in
            state.isQuiescing = true
            return (state.listeners, Array(state.channels.values))
        }
        for listener in listeners { listener.close(promise: nil) }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    func close() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Waits until all are closed, at most `seconds`.
    func wait(seconds: Double) async {
        let futures = state.withLock { $0.channels.values.map(\.closeFuture) }
        guard let loop = futures.first?.eventLoop else { return }
        let all = EventLoopFuture.andAllComplete(futures, on: loop)
        let promise = loop.makePromise(of: Void.self)
        all.cascade(to: promise)
        let timer = loop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) { promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
    }
}
