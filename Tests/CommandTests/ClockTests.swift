import Foundation
import TestSupport
import Testing

/// The clock on the wall is set while a command runs: durations and limits are those of time that has passed.
@Suite struct ClockTests {
    private static let day = 86400

    /// A command whose clock is off by what `set` says.
    private func prepared() throws -> Command {
        let eos = try Command()
        eos.environment["LD_PRELOAD"] = try BuiltFixture.build("Tests/Fixtures/clock.c", ["-ldl"])
        eos.environment["EOS_TEST_CLOCK"] = eos.directory + "/clock"
        try set(eos, 0)
        return eos
    }

    private func set(_ eos: Command, _ seconds: Int) throws { try eos.write("\(seconds)\n", to: "clock") }

    /// Runs a command to its end; after a while its clock is set `jump` seconds forth.
    private func run(_ eos: Command, jump: Int, _ arguments: [String]) throws -> (Command.Result, seconds: Double) {
        try set(eos, 0)
        let start = ContinuousClock.now
        let script = "\"$EOS\" \(arguments.joined(separator: " ")) & pid=$!; sleep 0.7; echo \(jump) >clock; wait $pid"
        let result = try eos.shell(script)
        return (result, (ContinuousClock.now - start) / .seconds(1))
    }

    /// The fixture does what it is for.
    @Test func theClockIsOff() throws {
        let eos = try prepared()
        try set(eos, Self.day)
        let result = try eos.shell("date +%s")
        let time = try #require(Double(result.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(abs(time - Date().timeIntervalSince1970 - Double(Self.day)) < 100)
    }

    @Test(arguments: [day, -day]) func aTrainingTakesTheTimeThatPasses(_ jump: Int) throws {
        let eos = try prepared()
        try eos.build("-DAT_EVALUATE=dawdle")
        try eos.write(
            """
            [objective]
            plugin = "misbehaving"
            [policy]
            name = "constant"
            step = 1e-3
            [stop]
            seconds = 3
            iterations = 1000000
            loss = 0
            gradient_norm = 0
            [checkpoint]
            every_seconds = 0.3
            keep = 100
            [probes.sharpness]
            every = 0
            """, to: "slow.toml")
        let (result, seconds) = try run(eos, jump: jump, ["train", "slow.toml", "--out", "run", "--json"])
        #expect(result.status == 0, "\(result.error)")
        let summary = try members(result.output)
        #expect(summary["reason"] as? String == "the time limit was reached")
        let told = try #require(summary["seconds"] as? Double)
        #expect(told >= 3 && told <= seconds, "\(told) of \(seconds)")
        // The clock of the rows never goes back, nor forth by more than was spent.
        let times = try eos("export", "./run").output.split(separator: "\n").dropFirst().map { line in
            try #require(Double(line.split(separator: ",", omittingEmptySubsequences: false)[7]))
        }
        #expect(times.count > 3 && times == times.sorted() && times.last! <= told)
        let checkpoints = try FileManager.default.contentsOfDirectory(atPath: eos.directory + "/run/ckpt")
        #expect(checkpoints.count > 2 && Double(checkpoints.count) <= 2 + told / 0.3, "\(checkpoints)")
    }

    @Test(arguments: [day, -day]) func waitingIsGivenUpInTime(_ jump: Int) throws {
        let eos = try prepared()
        try eos.write(valley("[checkpoint]\nevery_seconds = 0\n"), to: "valley.toml")
        // A run that nobody goes on with.
        let started = try eos.shell(
            """
            "$EOS" train valley.toml --out run --set stop.iterations=100000000 2>/dev/null & pid=$!
            until [ -e run/run.db ]; do sleep 0.05; done
            sleep 0.2; kill -INT $pid; wait $pid
            """)
        #expect(started.status == 130, "\(started.error)")
        let (result, seconds) = try run(eos, jump: jump, ["wait", "./run", "--timeout", "2"])
        #expect(result.status == 1 && result.error.contains("after 2.0 seconds"), "\(result.error)")
        #expect(seconds >= 2 && seconds < 60, "\(seconds)")
    }
}
