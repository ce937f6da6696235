import Glibc

/// Counter-based random numbers: element `counter` of the stream `seed`, whatever was drawn before.
///
/// The bits are those of SplitMix64 (Steele, Lea, Flood 2014) started at `seed`: a generator whose state only counts, so
/// that any element can be had at once. Nothing needs saving but a counter.
public struct Random: Sendable {
    public var seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// 64 random bits. `Random(seed: 1).bits(0) == 0x910a2dec89025cc1`.
    @inlinable
    public func bits(_ counter: UInt64) -> UInt64 {
        var z = seed &+ (counter &+ 1) &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1): the upper 53 bits times 2^-53.
    @inlinable
    public func uniform(_ counter: UInt64) -> Double {
        Double(bits(counter) >> 11) * 0x1p-53
    }
}

extension Random {
    /// Standard normal, from the uniform numbers of counters 2 `counter` and 2 `counter` + 1 (Box and Muller 1958).
    public func normal(_ counter: UInt64) -> Double {
        // 1 - u is in (0, 1], so that the logarithm is finite.
        let radius = (-2 * log(1 - uniform(2 &* counter))).squareRoot()
        return radius * cos(2 * Double.pi * uniform(2 &* counter &+ 1))
    }
}
