import CEos

/// The Hessian of an objective at one point, through products: the objective's own, else differences of gradients.
public final class ObjectiveCurvature {
    private let objective: any Objective
    private let x: UnsafeRawPointer
    private let evaluation = EvaluationID.next()
    private let displaced: Vector?
    private let gradient: Vector?

    /// - Parameter x: `objective.space.count` elements, lent for as long as this is used.
    public init(_ objective: any Objective, at x: UnsafeRawPointer) throws(EosError) {
        self.objective = objective
        self.x = x
        displaced = objective.hasCurvature ? nil : try objective.space.makeVector()
        gradient = objective.hasCurvature ? nil : try objective.space.makeVector()
    }

    /// out = H(x) v; one product, or two gradients.
    public func multiply(_ v: UnsafeRawPointer, into out: UnsafeMutableRawPointer) throws(EosError) {
        guard let displaced, let gradient else {
            let status = objective.curvature(at: x, evaluation: evaluation, part: nil, times: v, into: out)
            return try objective.check(status, in: "curvature")
        }
        let space = objective.space
        guard space.norm(v) > 0 else { return space.scale(v, by: 0, into: out) }
        try compute(DifferencedProduct(space, x: x, v: v), displaced, gradient, into: out)
    }

    private func compute(
        _ product: DifferencedProduct, _ displaced: Vector, _ gradient: Vector, into out: UnsafeMutableRawPointer
    ) throws(EosError) {
        var isComplete = false
        while !isComplete {
            product.form(into: displaced)
            if try objective.evaluate(at: displaced.pointer, gradient: gradient.pointer).isFinite {
                try gradient.requireWhole("the gradient")
                isComplete = product.absorb(gradient, into: out)
            } else if let end = product.absorbNonFinite(into: out) {
                isComplete = end
            } else {
                throw EosError(
                    EOS_E_NONFINITE, "the objective is not finite near the point where its curvature was requested")
            }
        }
    }

    /// The product that `process` asks for, with its error where that is to be measured.
    private func multiply(for process: LeadingEigenvalues) throws(EosError) {
        guard let displaced, let gradient else {
            try multiply(process.direction, into: process.product)
            return try absorb(process, error: 0, products: 1)
        }
        let product = try DifferencedProduct(for: process, at: x)
        try compute(product, displaced, gradient, into: process.product)
        process.widthFactor = product.factor
        try absorb(process, error: product.error, products: product.products)
    }

    /// The leading eigenvalues, and the process itself for its vectors and counts.
    ///
    /// - Parameters:
    ///   - start: `warmVectors` of a point nearby.
    ///   - part: of the samples that is searched first, where the objective knows parts and one eigenvalue is wanted: see
    ///     `eos_objective_ops.sampled_curvature`. Nil: only products with the whole Hessian are used.
    public func leading(
        _ options: LeadingEigenvalues.Options, start: [Vector] = [], part: Int? = nil
    ) throws(EosError) -> LeadingEigenvalues {
        var options = options
        if displaced != nil {
            options.productAccuracy = max(options.productAccuracy, GradientDifference.accuracy(objective.space.type))
            options.measuresErrors = true
        }
        var guards: [Vector] = []
        if let part, options.count == 1, objective.hasSampledCurvature {
            guards = try guardVectors(options, part: part)
        }
        let process = try LeadingEigenvalues(objective.space, start: start, guards: guards, options: options)
        while !process.isFinished { try multiply(for: process) }
        return process
    }

    /// The first vectors of the Hessian of a part of the samples; none where there are too few samples.
    private func guardVectors(_ options: LeadingEigenvalues.Options, part: Int) throws(EosError) -> [Vector] {
        let process = try LeadingEigenvalues(objective.space, options: .ofSample(options))
        while !process.isFinished {
            let status = objective.curvature(
                at: x, evaluation: evaluation, part: part, times: process.direction, into: process.product)
            if status == EOS_E_UNSUPPORTED { return [] }
            try objective.check(status, in: "sampled_curvature")
            try absorb(process, error: 0, products: 1)
        }
        // What the part did not settle can't guard.
        return process.pairs[0].converged ? try process.warmVectors() : []
    }

    private func absorb(_ process: LeadingEigenvalues, error: Double, products: Int) throws(EosError) {
        try process.image.requireWhole("the product with the Hessian")
        guard try process.absorb(error: error, products: products) else {
            throw EosError(EOS_E_NONFINITE, "a Hessian-vector product is not finite at this point")
        }
    }

    /// The spectral density by stochastic Lanczos quadrature.
    public func spectrum(probes: Int, steps: Int, seed: UInt64) throws(EosError) -> SpectralDensity {
        let accuracy = displaced == nil ? 0 : GradientDifference.accuracy(objective.space.type)
        return try SpectralDensity(space: objective.space, probes: probes, steps: steps, seed: seed, accuracy: accuracy)
        {
            (v, out) throws(EosError) in try multiply(v, into: out)
        }
    }
}
