import CEos
import EosCore
import Foundation
import Testing

/// What a policy does on a problem: its searches, until `iterations` or until the problem is no longer finite.
private func run(
    _ problem: Problem, _ id: String, _ keys: String = "", iterations: Int = 30
) throws -> RecordingPolicy {
    let recorder = RecordingPolicy(try policy(id, keys))
    let objective = try problem.objective()
    let trainer = try Trainer(
        objective: objective, policy: recorder, settings: try settings("stop.iterations=\(iterations)"))
    do throws(EosError) { try trainer.run(objective) } catch {
        guard error.status == EOS_E_NONFINITE else { throw error }
    }
    return recorder
}

/// The searches that both have written down are the same to the last bit, and there are some.
private func expectSame(_ searches: [Search], _ reference: [Search], _ what: String) {
    #expect(searches.count > 1, "\(what)")
    #expect(searches.count == reference.count, "\(what)")
    for (k, pair) in zip(searches, reference).enumerated() where pair.0 != pair.1 {
        Issue.record("\(what), iteration \(k): \(pair.0) is not \(pair.1)")
        return
    }
}

@Suite struct PolicyTests {
    @Test(arguments: ["ls", "nls", "ponls"])
    func flatlandSearchesFollowThePseudoCode(_ id: String) throws {
        for (name, problem) in Problem.all() {
            expectSame(
                try run(problem, id).searches, flatlandSearches(id, problem.copy(), iterations: 30), "\(id) on \(name)")
        }
    }

    @Test(arguments: [0, 0.5, 0.85])
    func theMeanForgetsAsXiSays(_ xi: Double) throws {
        for (name, problem) in Problem.all() {
            let reference = flatlandSearches("nls", problem.copy(), iterations: 30, xi: xi)
            expectSame(try run(problem, "nls", "xi=\(xi)").searches, reference, "nls with xi \(xi) on \(name)")
        }
    }

    @Test(arguments: [0.3, 0.5, 8])
    func theCapHoldsTheStep(_ cap: Double) throws {
        for (name, problem) in Problem.all() {
            let reference = flatlandSearches("nls-ub", problem.copy(), iterations: 30, cap: cap)
            let recorder = try run(problem, "nls-ub", "cap=\(cap)")
            expectSame(recorder.searches, reference, "nls-ub below \(cap) on \(name)")
            #expect(recorder.searches.allSatisfy { $0.accepted < cap })
            // auto: 2 over the objective's bound.
            let bounded = problem.copy()
            bounded.sharpnessBound = 2 / cap
            expectSame(try run(bounded, "nls-ub").searches, reference, "nls-ub below auto \(cap) on \(name)")
        }
    }

    @Test(arguments: ["armijo", "gll", "zhang-hager"])
    func classicalSearchesFollowTheirFormulas(_ id: String) throws {
        for (name, problem) in Problem.all() {
            let reference = classicalSearches(id, problem.copy(), iterations: 30)
            expectSame(try run(problem, id).searches, reference, "\(id) on \(name)")
        }
    }

    @Test func ponosResetsItsCounter() throws {
        for (name, problem) in Problem.all() {
            let reference = resettingSearches(problem.copy(), iterations: 30)
            expectSame(try run(problem, "ponos").searches, reference, "ponos on \(name)")
        }
    }

    @Test(arguments: ["polyak", "bb1", "bb2", "adgd", "cdat"])
    func directMethodsFollowTheirFormulas(_ id: String) throws {
        for (name, problem) in Problem.all() {
            let reference = directSteps(id, problem.copy(), iterations: 30).map { Search(trials: [$0], accepted: $0) }
            expectSame(try run(problem, id).searches, reference, "\(id) on \(name)")
        }
    }

    @Test func polyakTakesItsOwnBound() throws {
        let problem = Problem.quadratic()
        problem.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
        problem.lowerBound = .nan
        for id in ["polyak", "ponls", "ponos"] {
            let error = failure { _ = try run(problem.copy(), id) }
            #expect(error.status == EOS_E_CONFIG)
            #expect(error.message.contains("set policy.lower_bound to a number"))
        }
        let steps = try run(problem, "polyak", "lower_bound=1", iterations: 1).searches
        #expect(steps.first?.trials == [((0.5 + 5 + 0.05) - 1) / (1 + 100 + 0.1 * 0.1)])
    }

    @Test func schedulesDependOnTheIterationOnly() throws {
        let flat = Problem.quadratic(.f64, [1e-6, 1e-6])
        func steps(_ keys: String, _ iterations: Int = 40) throws -> [Double] {
            try run(flat.copy(), "schedule", keys, iterations: iterations).searches.map(\.accepted)
        }
        // The authors' warm-up: .01 times 1.25 before the first step too, and 1.25 of the cap twice.
        #expect(try steps("cap=10") == (0..<40).map { min(0.0125 * pow(1.25, Double($0)), 9) })
        for (keys, top) in [("", 12.5), ("factor=100", 12.5), ("start=20", 12.5), ("start=12.5", 12.5)] {
            let overshooting = try steps("cap=10 overshoot=1.25 \(keys)")
            #expect(overshooting.max() == top)
            #expect(overshooting.filter { $0 == top }.count == 2, "\(keys)")
            let first = overshooting.firstIndex(of: top)!
            #expect(overshooting[first + 1] == top)
            if keys.isEmpty {
                #expect(Array(overshooting.prefix(first)) == (0..<first).map { 0.0125 * pow(1.25, Double($0)) })
            }
            #expect(overshooting.dropFirst(first + 2).allSatisfy { $0 == 9 })
            #expect(first + 2 < 40)
        }

        let cosine = try steps("kind=cosine step=2 iterations=10", 12)
        #expect(cosine[0] == 2)
        for k in 0..<10 { #expect(abs(cosine[k] - (1 + cos(Double.pi * Double(k) / 10))) < 1e-15) }
        #expect(cosine[10] == 2e-6 && cosine[11] == 2e-6)

        // Altschuler and Parrilo's steps for k = 1, 2, ...: sqrt 2, 2, sqrt 2, 2 + sqrt 2, ...
        let silver = try steps("kind=silver step=0.5", 8).map { $0 / 0.5 }
        let root = Double(2).squareRoot()
        let expected = [root, 2, root, 2 + root]
        for (k, h) in expected.enumerated() { #expect(abs(silver[k] - h) < 1e-14) }
        #expect(abs(silver[7] - (1 + pow(1 + root, 2))) < 1e-13)
    }

    /// Falls only at the start; everything else is as high as it: no trial is acceptable.
    @Test func aSearchWithoutEndTakesTheSmallestStep() throws {
        for id in ["ls", "nls", "nls-ub", "ponls", "ponos", "gll", "zhang-hager", "armijo"] {
            let problem = Problem(start: [0, 0]) { x in
                x == [0, 0] ? 1 : 2
            } gradient: { _ in
                [1, 1]
            }
            let recorder = RecordingPolicy(try policy(id, id == "nls-ub" ? "cap=10" : ""))
            let objective = try problem.objective()
            let trainer = try Trainer(
                objective: objective, policy: recorder, settings: try settings("stop.iterations=1"))
            try trainer.run(objective)
            #expect(recorder.searches.first?.trials.count == 101, "\(id)")
            #expect(recorder.searches.first?.accepted == 1e-6, "\(id)")
            #expect(recorder.reasons == [.safeguard], "\(id)")
            #expect(trainer.progress.failures == 1, "\(id)")
            #expect(trainer.progress.trials == 102, "\(id)")
            #expect(trainer.progress.value == 2, "\(id)")
        }
    }

    @Test func trialsThatAreNotFiniteShrink() throws {
        for undefined in [Double.nan, .infinity, -.infinity] {
            for recoverable in [false, true] {
                let problem = Problem(start: [1]) { x in
                    x[0] < 0.99 ? undefined : x[0]
                } gradient: { _ in
                    [1]
                }
                problem.saysRecoverable = recoverable
                let recorder = try run(problem, "nls", iterations: 1)
                #expect(recorder.searches.first?.trials.last == 0x1p-7)
                #expect(recorder.reasons == [.backtracked])
            }
        }
    }

    /// A search that could shrink or grow its steps beyond the numbers there are ends instead.
    @Test func stepsStayNumbers() throws {
        let hopeless = Problem(start: [0, 0]) { x in
            x == [0, 0] ? 1 : .nan
        } gradient: { _ in
            [1, 1]
        }
        let recorder = RecordingPolicy(try policy("ls", "shrink=1e-3 min_step=1e-300 first_step=1e-300"))
        let objective = try hopeless.objective()
        let trainer = try Trainer(objective: objective, policy: recorder, settings: try settings("stop.iterations=1"))
        #expect(failure { try trainer.run(objective) }.status == EOS_E_NONFINITE)
        #expect(recorder.reasons == [.safeguard])

        let bottomless = Problem(start: [1]) { x in
            x[0] < 0 ? 1 : -1
        } gradient: { _ in
            [0x1p-500]
        }
        let growing = try run(bottomless, "ls", "shrink=1e-3 first_step=1e300 max_step=1e300 c=0", iterations: 1)
        #expect(growing.searches.first?.trials.allSatisfy(\.isFinite) == true)
        #expect(growing.searches.first?.accepted.isFinite == true)
    }

    @Test func noPointIsEvaluatedTwice() throws {
        // Searches that go on to the last bit come to steps that do not move the point.
        for (id, keys) in policyCases where id != "cdat" {
            for (name, problem) in Problem.all() where !["wolfe", "lbfgs"].contains(id) || name != "product" {
                let problem = problem.copy()
                _ = try run(problem, id, keys, iterations: 10)
                #expect(problem.valueCounts.values.allSatisfy { $0 == 1 }, "values of \(id) \(keys) on \(name)")
                #expect(problem.gradientCounts.values.allSatisfy { $0 == 1 }, "gradients of \(id) \(keys) on \(name)")
            }
        }
    }

    @Test func everyKeyHasBounds() throws {
        for kind in BuiltInPolicies.all {
            #expect(!kind.title.isEmpty && !kind.source.isEmpty)
            for parameter in kind.schema.parameters {
                func message(_ text: String) -> String {
                    failure { _ = try policy(kind.id, "\(parameter.key)=\(text)") }.message
                }
                let owner = "policy \(kind.id): \(parameter.key) = "
                if parameter.kind == .string {
                    #expect(message("wamrup").contains("did you mean warmup?"))
                    continue
                }
                #expect(message("true").hasPrefix("policy \(kind.id): \(parameter.key) = true is true or false"))
                guard parameter.range != nil else { continue }
                #expect(message("-1").hasPrefix(owner + "-1 is out of range; it must be "))
                if parameter.kind == .integer {
                    #expect(message("0.5") == owner + "0.5 is a number; it must be an integer")
                    #expect(message("9e18").contains("out of range"))
                    continue
                }
                #expect(message("1e301").contains("out of range"))
                if !parameter.flags.contains(.auto) { #expect(message("nan").contains("nan is out of range")) }
            }
        }
        #expect(
            failure { _ = try policy("nls", "delta=0.5") }.message
                == "policy nls: unknown key delta; its keys are c, shrink, min_step, max_step, xi, first_step")
        #expect(failure { _ = try policy("gll", "memry=3") }.message.contains("did you mean memory?"))
        #expect(
            failure { _ = try policy("constant") }.message
                == "policy constant: step is missing; set it to a number: the step")
        for id in ["nls", "bb1", "cdat", "polyak"] {
            let error = failure { _ = try policy(id, "min_step=2 max_step=1") }
            #expect(error.status == EOS_E_CONFIG)
            #expect(error.message == "policy \(id): min_step = 2.0 is above max_step = 1.0; swap them")
        }
    }

    @Test func anUnknownSharpnessBoundIsSaid() throws {
        let error = failure { _ = try run(.quadratic(), "nls-ub") }
        #expect(error.status == EOS_E_CONFIG)
        #expect(error.message.contains("set policy.cap to a number"))
    }
}
