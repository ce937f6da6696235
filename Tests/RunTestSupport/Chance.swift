import Foundation

/// Random numbers that can be had again: `EOS_TEST_SEED` names the seed that a failed test told.
public struct Chance: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    private var state: UInt64

    public init() {
        self.init(
            seed: ProcessInfo.processInfo.environment["EOS_TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 1...99999))
    }

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Others of their own, for something that goes on at the same time.
    public mutating func split() -> Chance { Chance(seed: next()) }
}
