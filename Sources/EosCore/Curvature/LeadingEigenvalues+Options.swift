extension LeadingEigenvalues {
    public struct Options: Sendable {
        public var count: Int
        public var tolerance: Double
        public var maxProducts: Int
        public var maxBasis: Int
        /// What the error of a product is known to stay below, relative to the largest eigenvalue by magnitude; 0: that
        /// of the element type.
        public var productAccuracy: Double
        public var seed: UInt64
        /// An eigenvalue that lies higher above the last wanted one, relative to the distance between the largest and the
        /// smallest eigenvalue, is missed with `missProbability` at most. A larger `tolerance` counts instead.
        public var gap = 0.01

        /// Of missing an eigenvalue that lies higher by the gap, over all random vectors that are drawn.
        public private(set) var missProbability = 1e-3

        /// Inner products between vectors of the basis up to this are allowed; 0: rounding alone. See `Basis.tolerance`.
        var orthogonality = 0.0

        /// Whether the error of products is measured at the pairs found, and counts in their residuals. Needs two products
        /// or more for each; `maxProducts` include them.
        var measuresErrors = false

        /// - Parameters:
        ///   - count: eigenvalues wanted, at least 1; no more are found than there are dimensions.
        ///   - maxBasis: vectors kept, at least 2 count + 4; nil: 2 count + 40.
        public init(
            count: Int = 1, tolerance: Double = 1e-3, maxProducts: Int = 100, maxBasis: Int? = nil,
            productAccuracy: Double = 0, seed: UInt64 = 0
        ) {
            self.count = min(max(count, 1), 1 << 40)
            self.tolerance = tolerance
            self.maxProducts = max(maxProducts, 1)
            self.maxBasis = max(maxBasis ?? 2 * self.count + 40, 2 * self.count + 4)
            self.productAccuracy = productAccuracy
            self.seed = seed
        }

        /// For the search on a part of the samples, whose first vectors guard a measurement with `options`: they are some
        /// percent off anyway, and the next measurement takes another part.
        static func ofSample(_ options: Options) -> Options {
            var own = Options(count: options.count, tolerance: 0.02, maxProducts: 24, seed: options.seed)
            own.gap = 0.1
            own.missProbability = 0.01
            own.orthogonality = 1e-4
            return own
        }
    }

    /// An approximate eigenpair.
    public struct Pair: Sendable, Equatable {
        public let value: Double
        /// |A v - value v| for the unit vector v.
        public let residual: Double
        /// Whether the residual is below the tolerance relative to |value|, or at the rounding of the products, and no
        /// larger eigenvalue was missed: but for `missProbability`, none lies above it by more than the gap.
        public internal(set) var converged: Bool
    }
}
