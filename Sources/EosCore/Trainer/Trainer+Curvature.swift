import CEos

/// Products with the Hessian at the iterate: for the sharpness, and for policies that need <d, H d>.
extension Trainer {
    /// Prepares the first evaluation of H v.
    func beginProduct(_ v: UnsafeRawPointer) throws(EosError) {
        guard !exactProducts else { return }
        if displaced == nil {
            displaced = try space.makeVector()
            displacedGradient = try space.makeVector()
        }
        if phase == .measuring, let eigenvalues {
            difference = try DifferencedProduct(for: eigenvalues, at: UnsafeRawPointer(x.pointer))
        } else {
            difference = DifferencedProduct(space, x: UnsafeRawPointer(x.pointer), v: v)
        }
        formDisplaced()
    }

    func formDisplaced() {
        difference?.form(into: displaced!)
        evaluations.trial = nextEvaluation()
    }

    /// The vector that is being multiplied, and where the product goes.
    var pendingProduct: (v: UnsafeRawPointer, out: UnsafeMutableRawPointer) {
        if phase == .measuring, let eigenvalues { return (eigenvalues.direction, eigenvalues.product) }
        return (UnsafeRawPointer(curvedVector.pointer), product!.pointer)
    }

    /// A product, or one gradient of a difference, has been written; `recoverable`: there is no finite one.
    func takeProduct(recoverable: Bool) throws(EosError) {
        var (error, products) = (0.0, 1)
        countProduct()
        if exactProducts {
            if recoverable { return try missProduct() }
        } else {
            let (difference, out) = (difference!, pendingProduct.out)
            let isComplete =
                recoverable ? difference.absorbNonFinite(into: out) : difference.absorb(displacedGradient!, into: out)
            guard let isComplete else { return try missProduct() }
            guard isComplete else { return formDisplaced() }
            (error, products) = (difference.error, difference.products)
            if phase == .measuring { eigenvalues!.widthFactor = difference.factor }
            self.difference = nil
            counts.products += products
        }
        if phase == .curving {
            setCurvature(space.dot(curvedVector.pointer, product!.pointer))
            guard iterate.direction_curvature.isFinite else { return try missProduct() }
            return try beginSearch()
        }
        let process = eigenvalues!
        guard try process.absorb(error: error, products: products) else { return try missProduct() }
        guard process.isFinished else { return try beginProduct(process.direction) }
        if isSampling {
            // What the part did not settle can't guard.
            try beginMeasuring(guards: process.pairs[0].converged ? process.warmVectors() : [])
        } else {
            try endMeasuring(process)
        }
    }

    /// What was asked for a product, or for a part of one, is counted whatever the answer.
    func countProduct() {
        if exactProducts {
            counts.products += isSampling ? 0 : 1
        } else {
            counts.gradients += 1
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
        isSampling = true
        try beginMeasuring(LeadingEigenvalues(space, options: .ofSample(sharpnessOptions)))
    }

    /// From the vectors of the last measurement and those of the part.
    func beginMeasuring(guards: [Vector]) throws(EosError) {
        isSampling = false
        try beginMeasuring(
            LeadingEigenvalues(space, start: warmVectors, guards: guards, options: sharpnessOptions))
    }

    private func beginMeasuring(_ process: LeadingEigenvalues) throws(EosError) {
        eigenvalues = process
        phase = .measuring
        try beginProduct(process.direction)
    }

    /// The part of the samples that the product under way is to be of: another one for each measurement.
    var samplePart: Int? {
        isSampling ? Int(iterate.iteration) / max(settings.sharpnessEvery, 1) : nil
    }

    var sharpnessOptions: LeadingEigenvalues.Options {
        var options = LeadingEigenvalues.Options(
            count: min(settings.sharpnessCount, space.count), tolerance: settings.sharpnessTolerance,
            maxProducts: settings.sharpnessProducts,
            productAccuracy: exactProducts ? 0 : GradientDifference.accuracy(space.type), seed: settings.seed)
        options.measuresErrors = !exactProducts
        return options
    }

    /// A product is not finite.
    private func missProduct() throws(EosError) {
        guard phase == .measuring, !needs.contains(.sharpness) else {
            throw nonFinite("the curvature is not finite")
        }
        try giveUpProbe("a product with the Hessian is not finite")
    }

    /// A probe never ends a training: its measurement is given up and says so, and the iterate is complete without it.
    func giveUpProbe(_ reason: String) throws(EosError) {
        warn("the sharpness can't be measured", reason)
        let unknown = LeadingEigenvalues.Pair(value: .nan, residual: .infinity, converged: false)
        sharpness = Sharpness(pairs: [unknown], iteration: Int(iterate.iteration))
        difference = nil
        eigenvalues = nil
        isSampling = false
        try arrive()
    }

    private func endMeasuring(_ process: LeadingEigenvalues) throws(EosError) {
        sharpness = Sharpness(pairs: process.pairs, iteration: Int(iterate.iteration))
        warmVectors = try process.warmVectors()
        // What a probe measured is not for the policy: it would change the trajectory.
        if needs.contains(.sharpness) { iterate.sharpness = process.pairs.first?.value ?? .nan }
        eigenvalues = nil
        try arrive()
    }
}
