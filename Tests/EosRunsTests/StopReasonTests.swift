import CEos
import EosCore
import EosRunModel
import EosRuns
import Testing

/// The state in which a run ends follows from why its trainer stopped, for every reason that eos.h lists.
@Suite struct StopReasonTests {
    private struct Case: Sendable {
        let stop: StopReason
        let state: RunState
        var settings = "stop.iterations=1000000"
        var cause: StateChange?
        var objective: @Sendable () throws(EosError) -> any Objective = { () throws(EosError) in
            try TestObjective.make()
        }
    }

    private static let cases = [
        Case(stop: .loss, state: .converged, settings: "stop.loss=1"),
        // Above the gradient anywhere in the cube of starting points: this policy need not come to rest.
        Case(stop: .gradient, state: .converged, settings: "stop.gradient_norm=1000"),
        Case(stop: .step, state: .converged, settings: "stop.step=10"),
        Case(stop: .noProgress, state: .converged, settings: "stop.relative_loss=1"),
        Case(stop: .iterations, state: .budgetExhausted, settings: "stop.iterations=3"),
        Case(stop: .evaluations, state: .budgetExhausted, settings: "stop.evaluations=7"),
        Case(stop: .seconds, state: .budgetExhausted, settings: "stop.seconds=1e-9"),
        Case(stop: .requested, state: .paused, cause: .pause),
        Case(stop: .requested, state: .cancelled, cause: .cancel),
        Case(stop: .requested, state: .timedOut, cause: StateChange(.timedOut, "its time is over")),
        Case(stop: .nonfinite, state: .failed) { () throws(EosError) in try TestObjective.make(scale: .nan) },
        Case(stop: .failed, state: .failed) { () throws(EosError) in try TestObjective.make(failingAfter: 5) },
        Case(stop: .failed, state: .outOfMemory) { () throws(EosError) in
            try TestObjective.make(failingAfter: 5, with: EOS_E_MEMORY)
        },
        Case(stop: .noStep, state: .failed) { () throws(EosError) in try TestObjective.make(slope: -1) },
    ]

    /// A reason that is added to eos.h wants a state here.
    @Test func everyReasonHasAState() {
        #expect(Set(Self.cases.map(\.stop)).union([.none]) == Set(StopReason.allCases))
    }

    @Test(arguments: cases.indices) func endsIn(_ index: Int) throws {
        let one = Self.cases[index]
        let scratch = Scratch()
        let spec = try makeSpec(durableRun, "stop.iterations=1000000", "checkpoint.every_seconds=0", one.settings)
        let session = try begin(spec, scratch, objective: try one.objective())
        let control = session.control
        session.onProgress = { if $0.iteration == 2, let cause = one.cause { control.stop(cause) } }
        let summary = try session.run()
        #expect(summary.state == one.state, "\(one.stop)")
        let database = try RunDatabase.open(session.directory, readOnly: true)
        #expect(try database.facts()[RunSession.stopFact] == "\(one.stop.rawValue)")
        let last = try #require(try database.lastState())
        #expect(last.state == one.state && last.reason == summary.reason)
        #expect(last.reason.contains(" ") && last.reason != StopReason.none.text, "\(last.reason)")
        if let cause = one.cause { #expect(last.reason == cause.reason) }
    }
}
