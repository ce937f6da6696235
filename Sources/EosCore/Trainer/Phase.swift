import CEos

extension Trainer {
    /// What the next answer is for. What only exists while that is awaited lives in it.
    enum Phase {
        /// Value and gradient at the starting point.
        case starting
        /// A product for the sharpness at the iterate.
        case measuring(Measurement)
        /// Nothing: the iterate is complete. The next search has not begun.
        case arrived
        /// The product H d at the iterate.
        case curving(Curving)
        /// The value at a trial, and its gradient for policies that need slopes or are likely to accept at once.
        case trying
        /// The value at a step that was accepted without a trial.
        case safeguarding
        /// The gradient at the accepted point.
        case descending
    }

    /// The leading eigenvalues being measured.
    final class Measurement {
        let eigenvalues: LeadingEigenvalues
        /// Whether they are those of a part of the samples, whose vectors guard the measurement that follows.
        let isSampling: Bool
        /// Of `eigenvalues.direction`, into `eigenvalues.product`.
        var product: Product

        init(_ eigenvalues: LeadingEigenvalues, isSampling: Bool, product: Product) {
            self.eigenvalues = eigenvalues
            self.isSampling = isSampling
            self.product = product
        }
    }

    /// The curvature <d, H d> being computed.
    final class Curving {
        /// The direction, or the gradient where that is all but its sign; a multiple of it where its square is far from 1.
        let vector: Vector
        let isScaled: Bool
        /// Where H times the vector goes.
        var out: Vector
        let product: Product

        init(_ vector: Vector, isScaled: Bool, into out: Vector, product: Product) {
            self.vector = vector
            self.isScaled = isScaled
            self.out = out
            self.product = product
        }
    }

    /// How a product with the Hessian comes about.
    enum Product {
        /// The objective computes it.
        case exact
        /// From gradients at displaced points.
        case differenced(DifferencedProduct, Displaced)
    }

    /// A displaced point and the gradient there.
    struct Displaced {
        let point: Vector
        let gradient: Vector
    }

    /// Vectors that one product after the other uses: to make them anew for each would cost more than the product.
    struct Workspace {
        private var displaced: Displaced?
        private var product: Vector?

        mutating func displaced(_ space: HostSpace) throws(EosError) -> Displaced {
            if let displaced { return displaced }
            let made = Displaced(point: try space.makeVector(), gradient: try space.makeVector())
            displaced = made
            return made
        }

        mutating func product(_ space: HostSpace) throws(EosError) -> Vector {
            if let product { return product }
            let made = try space.makeVector()
            product = made
            return made
        }
    }
}

extension Trainer.Phase {
    /// What of it a saved state names first.
    enum Kind: Int {
        case starting, measuring, arrived, curving, trying, safeguarding, descending
    }

    var kind: Kind {
        switch self {
        case .starting: .starting
        case .measuring: .measuring
        case .arrived: .arrived
        case .curving: .curving
        case .trying: .trying
        case .safeguarding: .safeguarding
        case .descending: .descending
        }
    }

    @inline(__always)
    var isStarting: Bool { if case .starting = self { true } else { false } }
    @inline(__always)
    var isMeasuring: Bool { if case .measuring = self { true } else { false } }
    @inline(__always)
    var hasArrived: Bool { if case .arrived = self { true } else { false } }
    @inline(__always)
    var isTrying: Bool { if case .trying = self { true } else { false } }
    @inline(__always)
    var isSafeguarding: Bool { if case .safeguarding = self { true } else { false } }

    /// The product that is being computed.
    var product: Trainer.Product? {
        switch self {
        case .measuring(let measurement): measurement.product
        case .curving(let curving): curving.product
        case .starting, .arrived, .trying, .safeguarding, .descending: nil
        }
    }
}
