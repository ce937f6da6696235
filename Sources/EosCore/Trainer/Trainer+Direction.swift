import CEos

/// The direction of a search: -g, or what a policy makes of g and the history.
extension Trainer {
    /// Asks a policy that directs for the direction, and computes it and its scalars.
    func direct(_ history: History, into direction: Vector) throws(EosError) {
        let factors = try withScalars { iterate throws(EosError) in try policy.direct(iterate, history.products) }
        guard factors.count == history.products.count, factors.allSatisfy(\.isFinite) else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy's direct gave the factors \(factors.prefix(5)); "
                    + "\(history.products.count) finite ones are wanted")
        }
        history.combine(factors, gradient: gradient, into: direction)
        let norm2 = space.norm2(direction.pointer)
        let norm = space.norm(direction.pointer, square: norm2)
        guard norm > 0, norm.isFinite else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy's direct gave a direction of length \(norm); it must be "
                    + "neither zero nor infinite")
        }
        self.factors = factors
        iterate.direction_norm2 = norm2
        iterate.direction_norm = norm
        iterate.slope = space.dot(gradient.pointer, direction.pointer)
    }

    /// Takes in the step to the trial point, whose gradient is there.
    func record(in history: History) throws(EosError) {
        try history.record(x: trialPoint, before: x, gradient: gradient, gradientBefore: spare)
        factors.removeAll(keepingCapacity: true)
        let products = history.products
        iterate.dx_dg = products[1, 2] / history.scale
        iterate.dg_norm = products[2, 2].squareRoot() / history.scale
        iterate.dg_norm2 = history.scale == 1 ? products[2, 2] : iterate.dg_norm * iterate.dg_norm
        iterate.dx_norm2 = products[1, 1]
        iterate.dx_norm = products[1, 1].squareRoot()
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

    /// What <d, H d> is computed of: the direction, or the gradient where that is all but its sign; scaled where its square
    /// is far from 1.
    var curvedVector: Vector { scaledCurved ?? (history == nil ? gradient : direction!) }

    /// Prepares `curvedVector`.
    func scaleCurved() throws(EosError) {
        scaledCurved = nil
        // Far within the range of the type: H d and <d, H d> are to be in range, too.
        let range = space.type == .f32 ? 0x1p-60...0x1p60 : 0x1p-300...0x1p300
        if range.contains(iterate.direction_norm2) { return }
        let scaled = try space.makeVector()
        let factor = powerOfTwo(over: iterate.direction_norm)
        space.scale(curvedVector.pointer, by: factor, into: scaled.pointer)
        scaledCurved = scaled
    }

    /// Takes in <v, H v> of the curved vector.
    func setCurvature(_ product: Double) {
        guard let scaled = scaledCurved else {
            iterate.curvature = product
            iterate.direction_curvature = product / iterate.direction_norm2
            return
        }
        iterate.direction_curvature = product / space.norm2(scaled.pointer)
        iterate.curvature = iterate.direction_curvature * iterate.direction_norm * iterate.direction_norm
        scaledCurved = nil
    }
}
