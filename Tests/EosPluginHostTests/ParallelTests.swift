import EosPluginHost
import Foundation
import Synchronization
import Testing

/// What the body of a loop writes to.
private final class Record: Sendable {
    let host: EosPluginHost.Host
    let calls: Mutex<[Int]>
    let threads = Mutex<Set<String>>([])
    let isNesting: Bool

    init(_ host: EosPluginHost.Host, count: Int, isNesting: Bool = false) {
        self.host = host
        calls = Mutex([Int](repeating: 0, count: count))
        self.isNesting = isNesting
    }

    func run(_ count: Int64) {
        host.table.pointee.parallel(
            host.table, count,
            { context, index in
                Unmanaged<Record>.fromOpaque(context!).takeUnretainedValue().visit(Int(index))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func visit(_ index: Int) {
        calls.withLock { $0[index] += 1 }
        let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        threads.withLock { _ = $0.insert(thread ?? "") }
        if isNesting {
            let inner = Record(host, count: 10)
            inner.run(10)
            // A nested loop stays on its thread.
            #expect(inner.calls.withLock { $0 } == [Int](repeating: 1, count: 10))
            #expect(inner.threads.withLock { $0 } == [thread ?? ""])
        }
    }
}

@Suite struct ParallelTests {
    @Test(arguments: [1, 2, 3, 8]) func callsEveryIndexOnce(threads: Int) {
        let host = EosPluginHost.Host(threads: threads)
        for count in [0, 1, 2, 3, 7, 1000] {
            let record = Record(host, count: count)
            record.run(Int64(count))
            #expect(record.calls.withLock { $0 } == [Int](repeating: 1, count: count))
            #expect(record.threads.withLock { $0 }.count <= threads)
        }
        Record(host, count: 0).run(-3)
        host.table.pointee.parallel(host.table, 3, nil, nil)
    }

    @Test func nestedLoopsRunOnTheirThread() {
        let record = Record(EosPluginHost.Host(threads: 4), count: 50, isNesting: true)
        record.run(50)
        #expect(record.calls.withLock { $0 } == [Int](repeating: 1, count: 50))
    }

    @Test func loopsOfSeveralThreadsAllEnd() {
        let host = EosPluginHost.Host(threads: 3)
        let threads = (0..<4).map { _ in
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                for _ in 0..<200 {
                    let record = Record(host, count: 20)
                    record.run(20)
                    #expect(record.calls.withLock { $0 } == [Int](repeating: 1, count: 20))
                }
                done.signal()
            }
            return done
        }
        for done in threads { done.wait() }
    }

    /// The loop really is shared: each of two calls waits for the other.
    @Test func threadsRunAtTheSameTime() {
        final class Meeting: Sendable {
            let arrived = Atomic<Int>(0)
        }
        let host = EosPluginHost.Host(threads: 2)
        let meeting = Meeting()
        host.table.pointee.parallel(
            host.table, 2,
            { context, _ in
                let meeting = Unmanaged<Meeting>.fromOpaque(context!).takeUnretainedValue()
                meeting.arrived.wrappingAdd(1, ordering: .relaxed)
                while meeting.arrived.load(ordering: .relaxed) < 2 { usleep(100) }
            }, Unmanaged.passUnretained(meeting).toOpaque())
        #expect(meeting.arrived.load(ordering: .relaxed) == 2)
    }

    /// In loops of the same length a thread comes back to the same indices: two that keep step take half each of the first
    /// two thirds.
    @Test func eachThreadTakesItsShareFirst() {
        final class Meeting: Sendable {
            let arrived = Mutex<[Int]>([Int](repeating: 0, count: 3))
            let threads = Mutex<[String]>([String](repeating: "", count: 8))
        }
        let host = EosPluginHost.Host(threads: 2)
        for _ in 0..<3 {
            let meeting = Meeting()
            host.table.pointee.parallel(
                host.table, 8,
                { context, index in
                    let meeting = Unmanaged<Meeting>.fromOpaque(context!).takeUnretainedValue()
                    let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                    meeting.threads.withLock { $0[Int(index)] = thread ?? "" }
                    guard index < 6 else { return }
                    // Index i of one share waits for that of the other; in no other order would all meet in time.
                    let partners = Int(index) % 3
                    let deadline = Date.now + 10
                    meeting.arrived.withLock { $0[partners] += 1 }
                    while meeting.arrived.withLock({ $0[partners] }) < 2, Date.now < deadline { usleep(100) }
                }, Unmanaged.passUnretained(meeting).toOpaque())
            let threads = meeting.threads.withLock { $0 }
            #expect(Set(threads[0..<3]).count == 1 && Set(threads[3..<6]).count == 1, "\(threads)")
            #expect(threads[0] != threads[3])
        }
    }

    /// Signals of the program must not be handled on threads that it does not know of.
    @Test func workersBlockSignalsAndEndWithTheHost() throws {
        final class Meeting: Sendable {
            let arrived = Atomic<Int>(0)
            let places = Mutex<[String: Bool]>([:])
        }
        let meeting = Meeting()
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        do {
            let host = EosPluginHost.Host(threads: 2)
            host.table.pointee.parallel(
                host.table, 2,
                { context, _ in
                    let meeting = Unmanaged<Meeting>.fromOpaque(context!).takeUnretainedValue()
                    var mask = sigset_t()
                    pthread_sigmask(SIG_SETMASK, nil, &mask)
                    let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                    let isBlocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1
                    meeting.places.withLock { $0[thread ?? ""] = isBlocked }
                    meeting.arrived.wrappingAdd(1, ordering: .relaxed)
                    while meeting.arrived.load(ordering: .relaxed) < 2 { usleep(100) }
                }, Unmanaged.passUnretained(meeting).toOpaque())
        }
        let workers = meeting.places.withLock { $0 }.filter { $0.key != own }
        #expect(workers.count == 1)
        #expect(Array(workers.values) == [true])
        #expect(workers.keys.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)") })
    }
}
