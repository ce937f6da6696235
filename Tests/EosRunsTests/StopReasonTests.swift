import CEos
import EosCore
import EosRunModel
import EosRuns
import Testing

/// The state in which a run ends follows from why its trainer stopped, for every reason that eos.h lists.
@Suite struct StopReasonTests {
    private struct Case: Sendable {
        let stop: Int
        let state: RunState
        var settings = "stop.iterations=1000000"
        var cause: StateChange?
        var objective: @Sendable () throws(EosError) -> any Objective = { () throws(EosError) in
            try TestObjective.make()
        }
    }

    private static let cases = [
        Case(stop: EOS_STOP_LOSS, state: .converged, settings: "stop.loss=1"),
        // Above the gradient anywhere in the cube of starting points: this policy need not come to rest.
        Case(stop: EOS_STOP_GRADIENT, state: .converged, settings: "stop.gradient_norm=1000"),
        Case(stop: EOS_STOP_STEP, state: .converged, settings: "stop.step=10"),
        Case(stop: EOS_STOP_NO_PROGRESS, state: .converged, settings: "stop.relative_loss=1"),
        Case(stop: EOS_STOP_ITERATIONS, state: .budgetExhausted, settings: "stop.iterations=3"),
        Case(stop: EOS_STOP_EVALUATIONS, state: .budgetExhausted, settings: "stop.evaluations=7"),
        Case(stop: EOS_STOP_SECONDS, state: .budgetExhausted, settings: "stop.seconds=1e-9"),
        Case(stop: EOS_STOP_REQUESTED, state: .paused, cause: .pause),
        Case(stop: EOS_STOP_REQUESTED, state: .cancelled, cause: .cancel),
        Case(stop: EOS_STOP_REQUESTED, state: .timedOut, cause: StateChange(.timedOut, "its time is over")),
        Case(stop: EOS_STOP_NONFINITE, state: .failed) { () throws(EosError) in try TestObjective.make(scale: .nan) },
        Case(stop: EOS_STOP_FAILED, state: .failed) { () throws(EosError) in try TestObjective.make(failingAfter: 5) },
        Case(stop: EOS_STOP_FAILED, state: .outOfMemory) { () throws(EosError) in
            try TestObjective.make(failingAfter: 5, with: EOS_E_MEMORY)
        },
        Case(stop: EOS_STOP_NO_STEP, state: .failed) { () throws(EosError) in try TestObjective.make(slope: -1) },
    ]

    /// A reason that is added to eos.h wants a state here.
    @Test func everyReasonHasAState() {
        #expect(stopReasons.count > 10)
        #expect(Set(Self.cases.map { Int32($0.stop) }).union([Int32(EOS_STOP_NONE)]) == Set(stopReasons))
    }

    @Test(arguments: cases.indices) func endsIn(_ index: Int) throws {
        let one = Self.cases[index]
        let scratch = Scratch()
        let spec = try makeSpec(durableRun, "stop.iterations=1000000", "checkpoint.every_seconds=0", one.settings)
        let session = try begin(spec, scratch, objective: try one.objective())
        let control = session.control
        session.onProgress = { if $0.iteration == 2, let cause = one.cause { control.stop(cause) } }
        let summary = try session.run()
        #expect(summary.state == one.state, "\(stopText(Int32(one.stop)))")
        let database = try RunDatabase.open(session.directory, readOnly: true)
        #expect(try database.facts()[RunSession.stopFact] == "\(one.stop)")
        let last = try #require(try database.lastState())
        #expect(last.state == one.state && last.reason == summary.reason)
        #expect(last.reason.contains(" ") && last.reason != stopText(Int32(EOS_STOP_NONE)), "\(last.reason)")
        if let cause = one.cause { #expect(last.reason == cause.reason) }
    }
}
