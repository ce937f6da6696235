import Glibc

/// What Lanczos' steps from one random vector exclude: eigenvalues above a limit, but for a stated probability.
///
/// Let B be the operator on the complement of the vectors that the basis held before, u the random vector there, of
/// length |u|, and x a unit eigenvector of B for its largest eigenvalue lambda. Lanczos' vector w_(k+1) is p_k(B) u/|u|
/// with p_k(t) = (t - theta_1) ... (t - theta_k)/(beta_1 ... beta_k), where theta are the Ritz values of the k vectors and
/// beta the lengths before normalisation. So |p_k(lambda)| |x'u|/|u| = |x'w_(k+1)| <= 1. The components of u are
/// independent and uniform in [-1, 1), whose projection on any unit vector has a density of at most 1/sqrt(2) (Ball
/// 1986), so that |x'u| >= p/sqrt(2) but for the probability p. Hence p_k(lambda) <= sqrt(2) |u|/p, and above its roots
/// p_k ascends: what solves this with equality is an upper bound of lambda but for the probability p (Hochstenbach
/// 2013). It needs no gap in the spectrum, and a gap makes it fall fast; by Chebyshev polynomials it needs at most about
/// log(2 sqrt(2) |u|/p)/(2 sqrt(g)) steps to come within g of the spread (Kuczynski, Wozniakowski 1992).
///
/// A restart that drops Ritz values leaves them as roots of later polynomials: the vector that Lanczos goes on from is
/// p_k(B) u with these roots, too.
struct RandomChain: Equatable {
    /// Where its vectors begin in the basis.
    let first: Int
    /// log(p/(sqrt(2) |u|)).
    let logOverlap: Double
    /// beta_1 to beta_(k - 1): of the vectors that are in the basis.
    var lengths: [Double] = []
    /// Ritz values that restarts have dropped.
    var dropped: [Double] = []

    init(first: Int, logOverlap: Double, lengths: [Double] = [], dropped: [Double] = []) {
        self.first = first
        self.logOverlap = logOverlap
        self.lengths = lengths
        self.dropped = dropped
    }

    /// - Parameters:
    ///   - length: of the random vector after orthogonalisation.
    ///   - probability: of a false bound.
    init(first: Int, length: Double, probability: Double) {
        self.init(first: first, logOverlap: log(probability / (2.0.squareRoot() * length)))
    }

    /// Whether all eigenvalues of B are below t, but for the probability.
    ///
    /// - Parameters:
    ///   - values: the Ritz values of the chain.
    ///   - length: beta_k, of what is left of the last product; 0: the vectors span an invariant subspace.
    func isBelow(_ t: Double, values: [Double], length: Double) -> Bool {
        var sum = logOverlap - log(length)
        for length in lengths { sum -= log(length) }
        for value in values + dropped {
            guard t > value else { return false }
            sum += log(t - value)
        }
        return sum >= 0
    }

    /// The least such t, to a thousandth of its distance from the largest Ritz value; nil where `limit` is none.
    func bound(below limit: Double, values: [Double], length: Double) -> Double? {
        guard isBelow(limit, values: values, length: length) else { return nil }
        var (low, high) = ((values + dropped).max() ?? limit, limit)
        if length == 0 { return low }
        for _ in 0..<60 where high - low > 1e-3 * (limit - low) {
            let middle = low + (high - low) / 2
            if isBelow(middle, values: values, length: length) { high = middle } else { low = middle }
        }
        return high
    }

    /// The same of the operator times `factor`.
    mutating func scale(by factor: Double) {
        lengths = lengths.map { $0 * factor }
        dropped = dropped.map { $0 * factor }
    }
}
