import CEos

/// Products with the Hessian at the iterate: for the sharpness, and for policies that need <d, H d>.
extension Trainer {
    /// The product for the direction that `process` asks for.
    func product(for process: LeadingEigenvalues, at x: Vector) throws(EosError) -> Product {
        if exactProducts { return .exact }
        let displaced = try workspace.displaced(space)
        return .differenced(try DifferencedProduct(for: process, at: UnsafeRawPointer(x.pointer)), displaced)
    }

    /// The curvature along the direction of `state`, before its first evaluation.
    func curving(at state: State, into out: Vector) throws(EosError) -> Curving {
        let (vector, isScaled) = try curved(state)
        guard !exactProducts else { return Curving(vector, isScaled: isScaled, into: out, product: .exact) }
        let displaced = try workspace.displaced(space)
        let difference = DifferencedProduct(
            space, x: UnsafeRawPointer(state.x.pointer), v: UnsafeRawPointer(vector.pointer))
        return Curving(vector, isScaled: isScaled, into: out, product: .differenced(difference, displaced))
    }

    /// What <d, H d> is computed of: the direction, or the gradient where that is all but its sign; a multiple of it where
    /// its square is far from 1.
    private func curved(_ state: State) throws(EosError) -> (vector: Vector, isScaled: Bool) {
        let vector = state.history?.direction ?? state.gradient
        // Far within the range of the type: H d and <d, H d> are to be in range, too.
        let range = space.type == .f32 ? 0x1p-60...0x1p60 : 0x1p-300...0x1p300
        if range.contains(state.iterate.direction_norm2) { return (vector, false) }
        let scaled = try space.makeVector()
        space.scale(vector.pointer, by: powerOfTwo(over: state.iterate.direction_norm), into: scaled.pointer)
        return (scaled, true)
    }

    func beginCurving() throws(EosError) {
        let curving = try curving(at: state, into: try workspace.product(space))
        formDisplaced(curving.product)
        state.phase = .curving(curving)
    }

    /// Forms the point at which a difference needs the next gradient.
    func formDisplaced(_ product: Product) {
        guard case .differenced(let difference, let displaced) = product else { return }
        difference.form(into: displaced.point)
        evaluations.trial = evaluations.next()
    }

    /// What an answer makes of a product.
    private enum Outcome {
        /// There is no finite product.
        case missing
        /// Another gradient is needed.
        case partial
        /// The error of the product, where it was measured, and the products that it took.
        case complete(error: Double, products: Int)
    }

    /// A product, or one gradient of a difference, has been written; `recoverable`: there is no finite one.
    private func advance(_ product: Product, into out: UnsafeMutableRawPointer, recoverable: Bool) -> Outcome {
        switch product {
        case .exact:
            return recoverable ? .missing : .complete(error: 0, products: 1)
        case .differenced(let difference, let displaced):
            let isComplete =
                recoverable
                ? difference.absorbNonFinite(into: out) : difference.absorb(displaced.gradient, into: out)
            guard let isComplete else { return .missing }
            guard isComplete else {
                formDisplaced(product)
                return .partial
            }
            state.counts.products += difference.products
            return .complete(error: difference.error, products: difference.products)
        }
    }

    func takeProduct(_ curving: Curving, recoverable: Bool) throws(EosError) {
        countProduct(isSampling: false)
        switch advance(curving.product, into: curving.out.pointer, recoverable: recoverable) {
        case .partial: return
        case .missing: throw nonFinite("the curvature is not finite")
        case .complete:
            setCurvature(space.dot(curving.vector.pointer, curving.out.pointer), curving)
            guard state.iterate.direction_curvature.isFinite else { throw nonFinite("the curvature is not finite") }
            try beginSearch()
        }
    }

    /// Takes in <v, H v> of the curved vector.
    private func setCurvature(_ product: Double, _ curving: Curving) {
        if curving.isScaled {
            let norm = state.iterate.direction_norm
            state.iterate.direction_curvature = product / space.norm2(curving.vector.pointer)
            state.iterate.curvature = state.iterate.direction_curvature * norm * norm
        } else {
            state.iterate.curvature = product
            state.iterate.direction_curvature = product / state.iterate.direction_norm2
        }
    }

    func takeProduct(_ measurement: Measurement, recoverable: Bool) throws(EosError) {
        countProduct(isSampling: measurement.isSampling)
        let process = measurement.eigenvalues
        switch advance(measurement.product, into: process.product, recoverable: recoverable) {
        case .partial: return
        case .missing: return try missProduct()
        case .complete(let error, let products):
            if case .differenced(let difference, _) = measurement.product { process.widthFactor = difference.factor }
            guard try process.absorb(error: error, products: products) else { return try missProduct() }
        }
        guard process.isFinished else {
            measurement.product = try product(for: process, at: state.x)
            return formDisplaced(measurement.product)
        }
        if measurement.isSampling {
            // What the part did not settle can't guard.
            try beginMeasuring(guards: process.pairs[0].converged ? process.warmVectors() : [])
        } else {
            try endMeasuring(process)
        }
    }

    /// What was asked for a product, or for a part of one, is counted whatever the answer.
    func countProduct(isSampling: Bool) {
        if exactProducts {
            state.counts.products += isSampling ? 0 : 1
        } else {
            state.counts.gradients += 1
        }
    }

    /// Starts a measurement that is due, or gives it up where that fails.
    func probe() throws(EosError) {
        do throws(EosError) { try beginMeasuring() } catch {
            guard !needs.contains(.sharpness) else { throw error }
            try giveUpProbe(error.message)
        }
    }

    /// Starts to measure the leading eigenvalues at the iterate: on a part of the samples first, where the objective has
    /// that.
    func beginMeasuring() throws(EosError) {
        guard sampledProducts, settings.sharpnessCount == 1 else { return try beginMeasuring(guards: []) }
        try beginMeasuring(LeadingEigenvalues(space, options: .ofSample(sharpnessOptions)), isSampling: true)
    }

    /// From the vectors of the last measurement and those of the part.
    func beginMeasuring(guards: [Vector]) throws(EosError) {
        try beginMeasuring(
            LeadingEigenvalues(space, start: state.warmVectors, guards: guards, options: sharpnessOptions),
            isSampling: false)
    }

    private func beginMeasuring(_ process: LeadingEigenvalues, isSampling: Bool) throws(EosError) {
        let product = try product(for: process, at: state.x)
        formDisplaced(product)
        state.phase = .measuring(Measurement(process, isSampling: isSampling, product: product))
    }

    /// The part of the samples that the product under way is to be of: another one for each measurement.
    func samplePart(_ measurement: Measurement) -> Int? {
        measurement.isSampling ? Int(state.iterate.iteration) / max(settings.sharpnessEvery, 1) : nil
    }

    var sharpnessOptions: LeadingEigenvalues.Options {
        var options = LeadingEigenvalues.Options(
            count: min(settings.sharpnessCount, space.count), tolerance: settings.sharpnessTolerance,
            maxProducts: settings.sharpnessProducts,
            productAccuracy: exactProducts ? 0 : GradientDifference.accuracy(space.type), seed: settings.seed)
        options.measuresErrors = !exactProducts
        return options
    }

    /// A product of a measurement is not finite.
    private func missProduct() throws(EosError) {
        if needs.contains(.sharpness) { throw nonFinite("the curvature is not finite") }
        try giveUpProbe("a product with the Hessian is not finite")
    }

    /// A probe never ends a training: its measurement is given up and says so, and the iterate is complete without it.
    func giveUpProbe(_ reason: String) throws(EosError) {
        warn("the sharpness can't be measured", reason)
        let unknown = LeadingEigenvalues.Pair(value: .nan, residual: .infinity, converged: false)
        state.sharpness = Sharpness(pairs: [unknown], iteration: Int(state.iterate.iteration))
        try arrive()
    }

    private func endMeasuring(_ process: LeadingEigenvalues) throws(EosError) {
        state.sharpness = Sharpness(pairs: process.pairs, iteration: Int(state.iterate.iteration))
        state.warmVectors = try process.warmVectors()
        // What a probe measured is not for the policy: it would change the trajectory.
        if needs.contains(.sharpness) { state.iterate.sharpness = process.pairs.first?.value ?? .nan }
        try arrive()
    }
}
