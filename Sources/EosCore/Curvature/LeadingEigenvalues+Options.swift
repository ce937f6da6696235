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
        /// percent off anyway.
        static func ofSample(_ options: Options) -> Options {
            Options(count: options.count, tolerance: 0.02, maxProducts: 9, seed: options.seed)
        }
    }

    /// An approximate eigenpair.
    public struct Pair: Sendable, Equatable {
        public let value: Double
        /// |A v - value v| for the unit vector v.
        public let residual: Double
        /// Whether the residual is below the tolerance relative to |value|, or at the rounding of the products.
        public let converged: Bool
    }
}
