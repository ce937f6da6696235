import EosPluginHost
import Foundation
import Synchronization
import Testing

/// The end of a loop that threads share.
@Suite struct ParallelEndTests {
    /// Two calls that meet, of which the one that is not on the calling thread takes longer.
    private final class Meeting: Sendable {
        let caller = pthread_self()
        let arrived = Atomic<Int>(0)
        let done = Atomic<Int>(0)

        func visit() {
            arrived.wrappingAdd(1, ordering: .relaxed)
            while arrived.load(ordering: .relaxed) < 2 { usleep(100) }
            if pthread_equal(caller, pthread_self()) == 0 { usleep(20_000) }
            done.wrappingAdd(1, ordering: .relaxed)
        }
    }

    @Test func aLoopReturnsWhenAllOfItIsDone() {
        let host = EosPluginHost.Host(threads: 2)
        for _ in 0..<3 {
            let meeting = Meeting()
            host.table.pointee.parallel(
                host.table, 2,
                { context, _ in Unmanaged<Meeting>.fromOpaque(context!).takeUnretainedValue().visit() },
                Unmanaged.passUnretained(meeting).toOpaque())
            #expect(meeting.done.load(ordering: .relaxed) == 2)
            // Whoever is late must not find the meeting gone.
            while meeting.done.load(ordering: .relaxed) < 2 { usleep(100) }
        }
    }
}
