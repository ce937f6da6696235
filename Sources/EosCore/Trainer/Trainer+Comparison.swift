import CEos

/// Whether an objective is the one that a saved state was trained on: its value and gradient at the saved iterate are
/// held against those saved.
extension Trainer {
    /// What a state says of its iterate.
    struct Claim {
        let x: Vector
        let value: Double
        let gradient: Vector
    }

    /// Evaluates once; three times more where that does not fit, to see what rounding does to this objective.
    ///
    /// The same program on the same machine gives the same bits. Another machine or number of threads adds in another
    /// order, which changes value and gradient by some units in the last place. Where terms cancel these are many more,
    /// and an objective may give another value every time: both show at neighbouring points. The evaluations are not
    /// counted.
    ///
    /// - Throws: `EOS_E_FORMAT` where the objective is another one; what an evaluation that fails says.
    func compare(_ claim: Claim, with objective: any Objective) throws(EosError) {
        let here = try evaluate(objective, at: claim.x)
        let distance = try distance(here.gradient, claim.gradient)
        var allowed = unitsInTheLastPlace(claim, here)
        if misses(claim, here, distance, allowed) {
            let spread = try spread(objective, around: claim.x, here)
            allowed = (allowed.value + 10 * spread.value, allowed.gradient + 10 * spread.gradient)
        }
        guard misses(claim, here, distance, allowed) else { return }
        let norms = (space.norm(claim.gradient.pointer), space.norm(here.gradient.pointer))
        throw EosError(
            EOS_E_FORMAT,
            "the objective differs from that of the saved state: at the saved iterate the value is \(claim.value) in "
                + "the state "
                + "and \(here.value) here, the gradient norm \(norms.0) and \(norms.1), and the gradients are "
                + "\(distance) apart; make the trainer with the objective of the saved state, or load with "
                + "load.check = \"none\""
        )
    }

    private typealias Evaluated = (value: Double, gradient: Vector)
    private typealias Allowed = (value: Double, gradient: Double)

    private func evaluate(_ objective: any Objective, at x: Vector) throws(EosError) -> Evaluated {
        let gradient = try space.makeVector()
        let value = try objective.evaluate(at: UnsafeRawPointer(x.pointer), gradient: gradient.pointer)
        try gradient.requireWhole("the gradient")
        return (value, gradient)
    }

    private func misses(_ claim: Claim, _ here: Evaluated, _ distance: Double, _ allowed: Allowed) -> Bool {
        // Written so that a value that is not finite misses.
        !(abs(here.value - claim.value) <= allowed.value && distance <= allowed.gradient)
    }

    /// Rounding errors of sums add up like the square root of the number of terms, and hardly further where terms are
    /// added in chunks.
    private func unitsInTheLastPlace(_ claim: Claim, _ here: Evaluated) -> Allowed {
        let rounding = space.type.epsilon * min(16 * Double(space.count).squareRoot(), 1024)
        let norm = max(space.norm(claim.gradient.pointer), space.norm(here.gradient.pointer))
        let size = max(abs(claim.value), abs(here.value))
        return (max(rounding, 4 * description.value_accuracy) * size, rounding * norm)
    }

    /// How far evaluations lie from `first` where each coordinate of the point moves by one unit in the last place.
    private func spread(
        _ objective: any Objective, around x: Vector, _ first: Evaluated
    ) throws(EosError) -> Allowed {
        var spread = (value: 0.0, gradient: 0.0)
        let neighbour = try space.makeVector()
        for seed in 1...3 as ClosedRange<UInt64> {
            move(x, bySigns: Random(seed: seed), into: neighbour)
            let other = try evaluate(objective, at: neighbour)
            spread.value = max(spread.value, abs(other.value - first.value))
            spread.gradient = max(spread.gradient, try distance(other.gradient, first.gradient))
        }
        return spread
    }

    /// out = x (1 +- epsilon), each coordinate with a sign of its own.
    private func move(_ x: Vector, bySigns random: Random, into out: Vector) {
        func move<S: HostScalar>(_: S.Type) {
            let x = x.pointer.assumingMemoryBound(to: S.self)
            let out = out.pointer.assumingMemoryBound(to: S.self)
            for i in 0..<space.count {
                let sign: S = random.bits(UInt64(i)) & 1 == 0 ? 1 : -1
                out[i] = x[i] + sign * S.ulpOfOne * x[i]
            }
        }
        switch space.type {
        case .f32: move(Float.self)
        case .f64: move(Double.self)
        }
    }

    private func distance(_ a: Vector, _ b: Vector) throws(EosError) -> Double {
        let difference = try space.makeVector()
        space.move(a.pointer, by: -1, along: b.pointer, into: difference.pointer)
        return space.norm(difference.pointer)
    }
}
