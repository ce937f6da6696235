import CEos

/// The direction of a search: -g, or what a policy makes of g and the history.
extension Trainer {
    /// Asks a policy that directs for the direction, and computes it and its scalars.
    func direct(_ history: History) throws(EosError) {
        let products = history.products
        let factors = try withScalars { iterate throws(EosError) in try policy.direct(iterate, products) }
        guard factors.count == products.count, factors.allSatisfy(\.isFinite) else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(state.iterate.iteration): the policy's direct returned the factors \(factors.prefix(5)); "
                    + "\(products.count) finite factors are needed")
        }
        history.formDirection(factors, gradient: state.gradient)
        let direction = history.direction.pointer
        let norm2 = space.norm2(direction)
        let norm = space.norm(direction, square: norm2)
        guard norm > 0, norm.isFinite else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(state.iterate.iteration): the policy's direct returned a direction of length \(norm); "
                    + "it must be neither zero nor infinite")
        }
        history.factors = factors
        state.iterate.direction_norm2 = norm2
        state.iterate.direction_norm = norm
        state.iterate.slope = space.dot(state.gradient.pointer, direction)
    }

    /// Takes in the step to the trial point, whose gradient is there.
    func record(in history: History) throws(EosError) {
        try history.record(x: trialPoint, before: state.x, gradient: state.gradient, gradientBefore: spare)
        let (products, scale) = (history.products, history.scale)
        state.iterate.dx_dg = products[1, 2] / scale
        state.iterate.dg_norm = products[2, 2].squareRoot() / scale
        state.iterate.dg_norm2 = scale == 1 ? products[2, 2] : state.iterate.dg_norm * state.iterate.dg_norm
        state.iterate.dx_norm2 = products[1, 1]
        state.iterate.dx_norm = products[1, 1].squareRoot()
    }

    /// What values along a ray are asked for along: the direction of the search.
    var rayDirection: Vector? { state.history?.direction ?? steepest }

    /// -g, where rays need it and no policy directs.
    func formSteepest() {
        if let steepest { space.scale(state.gradient.pointer, by: -1, into: steepest.pointer) }
    }
}
