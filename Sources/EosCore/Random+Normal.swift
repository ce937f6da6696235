import Glibc

extension Random {
    /// Standard normal, from the uniform numbers of counters 2 `counter` and 2 `counter` + 1 (Box and Muller 1958).
    public func normal(_ counter: UInt64) -> Double {
        // 1 - u is in (0, 1], so that the logarithm is finite.
        let radius = (-2 * log(1 - uniform(2 &* counter))).squareRoot()
        return radius * cos(2 * Double.pi * uniform(2 &* counter &+ 1))
    }
}
