import CEos
import EosCore
import EosForeign
import EosPluginHost
import Glibc
import Synchronization
import Testing

/// A search in Swift that calls for values, as one of a library would.
private typealias Body = @Sendable (SearchStart, SearchRay) -> SearchResult

private final class ClosureSearch: PushedSearch {
    let body: Body
    let ray: SearchRay

    init(_ ray: SearchRay, _ body: @escaping Body) {
        self.ray = ray
        self.body = body
    }

    func run(_ start: SearchStart) -> SearchResult { body(start, ray) }
}

/// Halves the step until the value falls enough, from twice the last one.
private let backtracking: Body = { start, ray in
    var t = start.lastStep.isNaN ? 1 : 2 * start.lastStep
    while ray.value(t) > ray.value(0) + 1e-4 * t * start.slope, t > 1e-20 { t /= 2 }
    return .step(t)
}

/// Bisects for the strong Wolfe conditions.
private let wolfe: Body = { start, ray in
    var (low, high, t) = (0.0, Double.infinity, start.lastStep.isNaN ? 1 : start.lastStep)
    for _ in 0..<60 {
        if ray.value(t) > start.value + 1e-4 * t * start.slope || ray.slope(t) > -0.1 * start.slope {
            high = t
        } else if ray.slope(t) < 0.1 * start.slope {
            low = t
        } else {
            return .step(t)
        }
        t = high.isFinite ? (low + high) / 2 : 2 * low
    }
    return .failed(1)
}

private func policy(
    _ body: @escaping Body, slopes: Bool = false, host: Host = Host(threads: 1), grace: Double = 1,
    silence: Double = 60
) -> SearchPolicy {
    var limits = SearchPolicy.Limits()
    limits.grace = grace
    limits.silence = silence
    return SearchPolicy("test_", usesSlope: slopes, minStep: 1e-6, host: host, limits: limits) { ray in
        ClosureSearch(ray, body)
    }
}

@Suite struct PolicySearchTests {
    @Test func aSearchTrainsToTheEnd() throws {
        for function in [ClosedForm.quadratic, .rosenbrock] {
            for (body, slopes) in [(backtracking, false), (wolfe, true)] {
                let descent = try Descent(
                    function, policy(body, slopes: slopes), "stop.iterations=20000 stop.gradient_norm=1e-5")
                try descent.run()
                #expect(descent.trainer.stop == .gradient)
                #expect(descent.gradientNorm < 1e-5)
            }
        }
    }

    @Test func knownValuesAreNotTriedAgain() throws {
        let body: Body = { start, ray in
            #expect(ray.value(0) == start.value && ray.value(-0.0) == start.value && ray.slope(0) == start.slope)
            let values = (0..<5).map { _ in ray.value(1e-3) }
            #expect(Set(values).count == 1 && values[0] < start.value)
            return .step(1e-3)
        }
        let descent = try Descent(.rosenbrock, policy(body), "stop.iterations=3")
        try descent.run()
        #expect(descent.trainer.progress.value_evaluations == 1 + 3)
        #expect(descent.trainer.progress.gradient_evaluations == 1 + 3)
    }

    /// Every question gives back what the search was told, whoever asks, and the search sees it once.
    @Test func anyThreadMayAsk() throws {
        let body: Body = { start, ray in
            let team = Team(ray)
            return .step(team.best(of: (1...6).map { 2e-4 * Double($0) }))
        }
        let one: Body = { start, ray in
            .step((1...6).map { 2e-4 * Double($0) }.min { ray.value($0) < ray.value($1) }!)
        }
        let (descent, plain) = (
            try Descent(.rosenbrock, policy(body), "stop.iterations=20"),
            try Descent(.rosenbrock, policy(one), "stop.iterations=20")
        )
        try descent.run()
        try plain.run()
        #expect(descent.steps == plain.steps && descent.steps.count == 20)
    }

    @Test func anUntriedStepIsTriedBeforeItIsTaken() throws {
        let descent = try Descent(
            .rosenbrock, policy { _, ray in .step(ray.value(1e-3) > 0 ? 5e-4 : 0) }, "stop.iterations=2")
        try descent.run()
        #expect(descent.steps == [5e-4, 5e-4])
        #expect(descent.trainer.progress.value_evaluations == 1 + 2 * 2)
    }

    @Test func aSearchWithoutAStepEndsInASafeguard() throws {
        let useless: [(String, Body, [Double])] = [
            ("status", { _, ray in .failed(Int(ray.value(1e-3) + ray.value(2e-4))) }, [1e-3]),
            ("zero", { _, ray in .step(0 * ray.value(2e-3)) }, [2e-3]),
            ("nothing tried", { _, _ in .failed(4) }, [1e-6]),
        ]
        for (what, body, steps) in useless {
            let descent = try Descent(.rosenbrock, policy(body), "stop.iterations=1")
            try descent.run()
            #expect(descent.steps == steps, "\(what)")
            #expect(Int(descent.trainer.progress.reason) == EOS_REASON_SAFEGUARD)
            #expect(descent.trainer.progress.failures == 1)
        }
        // The step that it returns has no value: the best trial is taken.
        let beyond = try Descent(.cliff, policy { _, ray in .step(ray.value(0.25) > 0 ? 7 : 8) }, "stop.iterations=1")
        try beyond.run()
        #expect(beyond.steps == [0.25])
    }

    @Test func whatHasNoValueIsInfinity() throws {
        let body: Body = { _, ray in
            #expect(ray.value(9) == .infinity && ray.slope(9).isNaN)
            return .step(ray.value(0.5) < ray.value(0) ? 0.5 : .nan)
        }
        let descent = try Descent(.cliff, policy(body, slopes: true), "stop.iterations=2")
        try descent.run()
        #expect(descent.steps == [0.5, 0.5])
    }

    @Test func stepsThatCannotBeTriedAreInfinity() throws {
        let lines = LogLines()
        let body: Body = { _, ray in
            for strange in [-0.5, Double.infinity, -.infinity, .nan] {
                #expect(ray.value(strange) == .infinity && ray.slope(strange).isNaN)
            }
            return .step(1e-3)
        }
        let descent = try Descent(.rosenbrock, policy(body, host: lines.host()), "stop.iterations=3")
        try descent.run()
        #expect(
            lines.all == [
                "\(EOS_LOG_WARNING) the search test_ requested the value at the step -0.5; only positive steps are "
                    + "possible, and it received infinity"
            ])
    }

    @Test func garbageIsAnError() throws {
        for step in [-1, Double.nan, .infinity, -.infinity] {
            let descent = try Descent(.rosenbrock, policy { _, ray in .step(step * ray.value(1e-3)) })
            let error = errorOf { try descent.run() }
            #expect(error?.status == eos_status(EOS_E_PLUGIN))
            #expect(error?.message.contains("the search test_ returned the step") == true)
            #expect(descent.trainer.stop == .failed)
        }
        // No value anywhere.
        let nowhere = ClosedForm(start: [1]) {
            $0[0] == 1 ? 1 : .nan
        } gradient: {
            $0
        }
        let error = errorOf { try Descent(nowhere, policy { _, ray in .step(ray.value(1) > 2 ? 0 : 1) }).run() }
        #expect(error?.message.contains("none of its 2 trials has a finite value; lower min_step") == true)
    }

    @Test func aSearchWithoutEndIsAnError() throws {
        let lines = LogLines()
        // Ever shorter steps: the trainer has a limit.
        var body: Body = { _, ray in
            var t = 1.0
            while ray.value(t) > -1 { t *= 0.99 }
            return .step(t)
        }
        var error = errorOf { try Descent(.rosenbrock, policy(body, host: lines.host())).run() }
        #expect(error?.message.contains("more than 10000 trials") == true)
        // The same step for ever.
        body = { _, ray in
            while ray.value(1) > -1 {}
            return .step(1)
        }
        error = errorOf { try Descent(.rosenbrock, policy(body, host: lines.host())).run() }
        #expect(error?.message == "the search test_ does not return; it requested a million values")
        // Nothing at all.
        let gate = Gate()
        body = { _, _ in
            gate.wait()
            return .step(1)
        }
        error = errorOf { try Descent(.rosenbrock, policy(body, host: lines.host(), silence: 0.05)).run() }
        #expect(
            error?.message.contains("neither requested a value nor returned within 0.05 s; raise time_limit") == true)
        gate.open()
        #expect(lines.all.filter { $0.contains("left behind") }.count == 3)
    }

    @Test func aSearchMayEndItsThread() throws {
        let body: Body = { _, ray in
            if ray.value(1e-3) > 0 { pthread_exit(nil) }
            return .step(1e-3)
        }
        let error = errorOf { try Descent(.rosenbrock, policy(body)).run() }
        #expect(error?.message == "the search test_ ended its own thread")
    }

    @Test func aPolicyMayGoInTheMiddleOfASearch() throws {
        let lines = LogLines()
        let (begun, ended) = (Counter(), Counter())
        let body: Body = { start, ray in
            begun.add()
            defer { ended.add() }
            return backtracking(start, ray)
        }
        for requests in 1...6 {
            let descent = try Descent(.rosenbrock, policy(body, host: lines.host(), grace: 60))
            try descent.run(requests)
        }
        // One search each was under way, and returned when it was told infinity.
        #expect(begun.count >= 5 && ended.count == begun.count)
        #expect(lines.all == [])
        // One that does not take infinity for an answer is left behind.
        let stubborn: Body = { _, ray in
            while ray.value(1e-3) > -1 {}
            return .step(1)
        }
        do {
            let descent = try Descent(.rosenbrock, policy(stubborn, host: lines.host(), grace: 0.05))
            try descent.run(1)
            _ = try descent.trainer.request()
        }
        #expect(lines.all.count == 1 && lines.all[0].contains("left behind"))
    }
}

/// Resuming in the middle of a search.
@Suite struct PolicyReplayTests {
    /// A new trainer with a new policy takes over between every two requests.
    @Test func everyRequestMayBeTheLast() throws {
        // One gives back steps that it did not try, one none at all.
        let untried: Body = { start, ray in .step(ray.value(1e-3) < start.value ? 5e-4 : 1e-4) }
        let useless: Body = { _, _ in .failed(1) }
        for (body, slopes) in [(backtracking, false), (wolfe, true), (untried, false), (useless, false)] {
            let whole = try Descent(.rosenbrock, policy(body, slopes: slopes), "stop.iterations=12")
            try whole.run()
            var steps: [Double] = []
            var state: SavedState?
            while true {
                let descent = try Descent(.rosenbrock, policy(body, slopes: slopes), "stop.iterations=12")
                if let state { try descent.trainer.load(state) }
                // The next search begins with the request.
                let more = try descent.run(1)
                if more { _ = try descent.trainer.request() }
                steps += descent.steps
                state = try descent.save()
                guard more else { break }
            }
            #expect(steps == whole.steps)
            #expect(steps.count == 12)
        }
    }

    /// One policy goes back and forth between the middles of searches.
    @Test func statesReplaceTheSearchUnderWay() throws {
        let whole = try Descent(.rosenbrock, policy(wolfe, slopes: true), "stop.iterations=8")
        var states: [(SavedState, done: Int)] = []
        repeat {
            _ = try whole.trainer.request()
            states.append((try whole.save(), whole.steps.count))
        } while try whole.run(1)
        #expect(states.count > 20)
        let descent = try Descent(.rosenbrock, policy(wolfe, slopes: true), "stop.iterations=8")
        for k in states.indices {
            let (state, done) = states[k * 7 % states.count]
            try descent.run(3)
            try descent.trainer.load(state)
            descent.steps = []
            try descent.run()
            #expect(descent.steps == Array(whole.steps[done...]))
            try descent.trainer.load(states[k * 5 % states.count].0)
        }
    }

    @Test func aSearchThatForgetsIsRefused() throws {
        let calls = Counter()
        // Its first trial depends on how often it was called.
        let body: Body = { start, ray in
            calls.add()
            var t = 1 / Double(calls.count)
            while ray.value(t) > start.value { t /= 2 }
            return .step(t)
        }
        let descent = try Descent(.rosenbrock, policy(body), "stop.iterations=5")
        try descent.run(3)
        _ = try descent.trainer.request()
        let state = try descent.save()
        let other = try Descent(.rosenbrock, policy(body), "stop.iterations=5")
        let error = errorOf { try other.trainer.load(state) }
        #expect(error?.status == eos_status(EOS_E_PLUGIN))
        #expect(
            error?.message.contains("the search test_ can't be continued from its saved state") == true)
        #expect(
            error?.message.contains("it requested the value at 0.5, but before it had requested the value at 1.0")
                == true)
        // And nothing has changed.
        try other.run()
        #expect(other.steps.count == 5)
    }
}

private final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .sequentiallyConsistent) }
    func add() { number.add(1, ordering: .sequentiallyConsistent) }
}

private final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)
    func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
    func wait() { while !isOpen.load(ordering: .sequentiallyConsistent) { usleep(1000) } }
}

/// Asks on threads of its own, all at once.
private final class Team: @unchecked Sendable {
    private let ray: SearchRay
    private let results = Mutex<[Double: Double]>([:])

    init(_ ray: SearchRay) { self.ray = ray }

    func best(of steps: [Double]) -> Double {
        let threads = steps.map { step in
            let work = Unmanaged.passRetained(Work(self, step))
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { argument in
                    let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                    let value = work.team.ray.value(work.step)
                    work.team.results.withLock { $0[work.step] = value }
                    return nil
                }, work.toOpaque())
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
        return results.withLock { results in results.min { $0.value < $1.value }!.key }
    }

    private final class Work {
        let team: Team
        let step: Double
        init(_ team: Team, _ step: Double) { (self.team, self.step) = (team, step) }
    }
}
