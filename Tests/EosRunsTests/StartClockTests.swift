import EosRunModel
import EosRuns
import Foundation
import Testing

/// For how long a run has been going, over restarts and whatever is done to the clock on the wall.
@Suite struct StartClockTests {
    private let scratch = Scratch()

    private func database() throws -> RunDatabase {
        let database = try RunDatabase.create(try RunDirectory.create(at: scratch.path + "/run"))
        try database.record(StateRecord(StateChange(.queued, ""), iteration: 0, time: 1000))
        return database
    }

    /// A worker starts, and asks.
    private func start(_ database: RunDatabase, wall: Double, monotonic: Double, boot: String = "a") throws -> Double {
        try database.record(StateRecord(StateChange(.starting, ""), iteration: 0, time: wall))
        return try StartClock(boot: boot, monotonic: monotonic, wall: wall).elapsed(database)
    }

    @Test(arguments: [86400.0, -86400, 0]) func aClockThatIsSetChangesNothing(_ jump: Double) throws {
        let database = try database()
        #expect(try start(database, wall: 1001, monotonic: 50) == 0)
        #expect(try start(database, wall: 1011 + jump, monotonic: 60) == 10)
        #expect(try start(database, wall: 1021 + 2 * jump, monotonic: 70) == 20)
    }

    @Test func theMachineStartsAgain() throws {
        let database = try database()
        #expect(try start(database, wall: 1001, monotonic: 5000) == 0)
        // Only the clock on the wall knows how long it was off; one that was set back knows nothing.
        #expect(try start(database, wall: 1301, monotonic: 10, boot: "b") == 300)
        #expect(try start(database, wall: 501, monotonic: 20, boot: "b") == 0)
    }

    @Test func aRunThatIsQueuedAgainStartsAgain() throws {
        let database = try database()
        #expect(try start(database, wall: 1001, monotonic: 50) == 0)
        #expect(try start(database, wall: 1011, monotonic: 60) == 10)
        try database.record(StateRecord(StateChange(.queued, ""), iteration: 0, time: 2000))
        #expect(try start(database, wall: 2001, monotonic: 1050) == 0)
        #expect(try start(database, wall: 2004, monotonic: 1053) == 3)
    }

    @Test func aRunOfAnEarlierEosHasTheWallOnly() throws {
        let database = try database()
        try database.record(StateRecord(StateChange(.starting, ""), iteration: 0, time: 1001))
        #expect(try start(database, wall: 1008, monotonic: 60) == 7)
    }

    @Test func theMachineTellsItsOwn() {
        let (first, second) = (StartClock.now, StartClock.now)
        #expect(!first.boot.isEmpty && first.boot == second.boot && first.monotonic <= second.monotonic)
    }
}
