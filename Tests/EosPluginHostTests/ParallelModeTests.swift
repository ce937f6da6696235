import EosPluginHost
import Foundation
import Synchronization
import Testing

/// The floating-point mode of the threads of a loop.
@Suite struct ParallelModeTests {
    /// Whether the two threads of a loop round to nearest, in long doubles and in doubles; they wait for each other.
    private final class Loop: Sendable {
        let next: Int32
        // Known at run time only, or the compiler would add it.
        let tiny = Double(getpid()) * 1e-300
        let arrived = Atomic<Int>(0)
        let found = Mutex<[Bool]>([])

        init(changingTo next: Int32) { self.next = next }

        func run(on host: EosPluginHost.Host) -> [Bool] {
            host.table.pointee.parallel(
                host.table, 2,
                { context, _ in Unmanaged<Loop>.fromOpaque(context!).takeUnretainedValue().visit() },
                Unmanaged.passUnretained(self).toOpaque())
            return found.withLock { $0 }
        }

        private func visit() {
            let isNearest = [fegetround() == FE_TONEAREST, 1 + tiny == 1]
            found.withLock { $0 += isNearest }
            fesetround(next)
            arrived.wrappingAdd(1, ordering: .relaxed)
            while arrived.load(ordering: .relaxed) < 2 { usleep(100) }
        }
    }

    /// A body that changes the rounding of its thread changes no later loop.
    @Test func noLoopLeavesItsModeToTheNext() {
        let before = fegetround()
        defer { fesetround(before) }
        let host = EosPluginHost.Host(threads: 2)
        for _ in 0..<3 {
            fesetround(before)
            #expect(Loop(changingTo: FE_UPWARD).run(on: host) == [true, true, true, true])
        }
    }
}
