import EosCore

extension Check where Subject == PolicySubject {
    /// Directions, gone through once more by one who has not seen the search.
    static var directions: Check {
        Check("directions", "directions depend only on their arguments") { subject throws(EosError) in
            guard subject.isSteady else { return .skipped("there is nothing to compare; see determinism") }
            guard try subject.make().historyPairs > 0 else { return .pass("the direction is that of steepest descent") }
            var count = 0
            for form in [ClosedForm.rosenbrock, .quadratic] {
                let outcome = try subject.train(form, with: try subject.make())
                if outcome.policy.fault != nil { return .skipped("training ends with what steps found") }
                var other = try subject.make()
                try other.reset()
                for direction in outcome.policy.directions {
                    let again = try other.direct(direction.iterate, direction.history)
                    guard again.map(\.bitPattern) == direction.factors.map(\.bitPattern) else {
                        return .fail(
                            "a new one gives another direction at iterate \(direction.iterate.iteration) of "
                                + "\(form.name); "
                                + "direct must depend only on its arguments and the configuration")
                    }
                    count += 1
                }
            }
            return .pass("\(count) directions, given once more by a new one")
        }
    }
}
