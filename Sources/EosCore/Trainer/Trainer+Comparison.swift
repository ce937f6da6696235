import CEos

/// Whether an objective is the one that a saved state was trained on: its value and gradient at the saved iterate are
/// held against those saved.
extension Trainer {
    /// What a state says of its iterate.
    struct Claim {
        let x: Vector
        let value: Double
        let gradient: Vector
        /// The step that led to it; NaN at the starting point.
        let step: Double
    }

    /// Evaluates once; further times only where the objective may give another value every time and the first does not
    /// fit. The evaluations are not counted.
    ///
    /// - Throws: `EOS_E_FORMAT` where the objective is another one; what an evaluation that fails says.
    func compare(_ claim: Claim, with objective: Objective) throws(EosError) {
        let here = try evaluate(objective, at: claim.x)
        let distance = try distance(here.gradient, claim.gradient)
        let tolerance = tolerance(claim, here)
        var allowed = tolerance
        if misses(claim, here, distance, allowed), !description.isDeterministic {
            let spread = try spread(objective, at: claim.x, around: here)
            allowed = (tolerance.value + 10 * spread.value, tolerance.gradient + 10 * spread.gradient)
        }
        guard misses(claim, here, distance, allowed) else { return }
        let norms = (space.norm2(claim.gradient.pointer).squareRoot(), space.norm2(here.gradient.pointer).squareRoot())
        throw EosError(
            EOS_E_FORMAT,
            "the objective is not that of the saved state: at the saved iterate the value is \(claim.value) in the state "
                + "and \(here.value) here, the gradient norm \(norms.0) and \(norms.1), and the gradients are "
                + "\(distance) apart; make the trainer with the objective of the state, or load with load.check = \"none\""
        )
    }

    private typealias Evaluated = (value: Double, gradient: Vector)
    private typealias Allowed = (value: Double, gradient: Double)

    private func evaluate(_ objective: Objective, at x: Vector) throws(EosError) -> Evaluated {
        let gradient = try space.makeVector()
        let value = try objective.evaluate(at: UnsafeRawPointer(x.pointer), gradient: gradient.pointer)
        try gradient.requireWhole("the gradient")
        return (value, gradient)
    }

    private func misses(_ claim: Claim, _ here: Evaluated, _ distance: Double, _ allowed: Allowed) -> Bool {
        // Written so that a value that is not finite misses.
        !(abs(here.value - claim.value) <= allowed.value && distance <= allowed.gradient)
    }

    /// What another build or another machine may change: rounding, which errors of the point and of cancelled terms
    /// enlarge. A second difference quotient of the last step, 1/t, stands for the Hessian.
    private func tolerance(_ claim: Claim, _ here: Evaluated) -> Allowed {
        let epsilon = space.type.epsilon
        let relative = 10 * epsilon.squareRoot()
        let size = space.norm2(claim.x.pointer).squareRoot()
        let norm = max(space.norm2(claim.gradient.pointer), space.norm2(here.gradient.pointer)).squareRoot()
        let value = max(abs(claim.value), abs(here.value))
        let moved = claim.step.isFinite && claim.step > 0 ? 32 * epsilon * size / claim.step : 0
        return (
            min(relative + 10 * description.value_accuracy, 0.5) * value + 32 * epsilon * norm * size,
            relative * norm + moved
        )
    }

    /// How far evaluations at the same point lie from each other.
    private func spread(
        _ objective: Objective, at x: Vector, around first: Evaluated
    ) throws(EosError) -> Allowed {
        var spread = (value: 0.0, gradient: 0.0)
        for _ in 0..<3 {
            let other = try evaluate(objective, at: x)
            spread.value = max(spread.value, abs(other.value - first.value))
            spread.gradient = max(spread.gradient, try distance(other.gradient, first.gradient))
        }
        return spread
    }

    private func distance(_ a: Vector, _ b: Vector) throws(EosError) -> Double {
        let difference = try space.makeVector()
        space.move(a.pointer, by: -1, along: b.pointer, into: difference.pointer)
        return space.norm2(difference.pointer).squareRoot()
    }
}
