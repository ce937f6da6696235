import EosProcesses
import TestSupport
import Testing

@Suite struct WorkerProgramTests {
    /// Tests run beside what was built with them.
    @Test func isBesideTheRunningProgram() throws {
        #expect(try WorkerProgram.path() == Tree.products + "/eos-worker")
    }
}
