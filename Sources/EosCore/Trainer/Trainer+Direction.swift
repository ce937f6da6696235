import CEos

/// The direction of a search: -g, or what a policy makes of g and the history.
extension Trainer {
    /// Asks a policy that directs for the direction, and computes it and its scalars.
    func direct(_ history: History, into direction: Vector) throws(EosError) {
        let factors = try policy.direct(iterate, history.products)
        guard factors.count == history.products.count, factors.allSatisfy(\.isFinite) else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy's direct gave the factors \(factors.prefix(5)); "
                    + "\(history.products.count) finite ones are wanted")
        }
        history.combine(factors, gradient: gradient, into: direction)
        let norm2 = space.norm2(direction.pointer)
        guard norm2 > 0, norm2.isFinite else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy's direct gave a direction of squared length \(norm2); it "
                    + "must be neither zero nor infinite")
        }
        self.factors = factors
        iterate.direction_norm2 = norm2
        iterate.slope = space.dot(gradient.pointer, direction.pointer)
    }

    /// Takes in the step to the trial point, whose gradient is there.
    func record(in history: History) throws(EosError) {
        try history.record(x: trialPoint, before: x, gradient: gradient, gradientBefore: spare)
        factors.removeAll(keepingCapacity: true)
        iterate.dx_dg = history.products[1, 2]
        iterate.dg_norm2 = history.products[2, 2]
        iterate.dx_norm2 = history.products[1, 1]
    }

    /// The direction once more, from what was decided.
    func restoreDirection() {
        guard let direction else { return }
        if let history {
            history.combine(factors, gradient: gradient, into: direction)
        } else {
            space.scale(gradient.pointer, by: -1, into: direction.pointer)
        }
    }

    /// What <d, H d> is computed of: the direction, or the gradient where that is all but its sign.
    var curvedVector: Vector { history == nil ? gradient : direction! }
}
