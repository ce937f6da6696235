/// What gradient descent does for a while.
///
/// - Progressive sharpening and the edge of stability: Cohen, Kaur, Li, Kolter, Talwalkar 2021, arXiv 2103.00065.
/// - Catapult: Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari 2020, arXiv 2003.02218.
/// - Flatland: Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722.
public struct Phase: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Below the edge, and the sharpness does not rise.
        case stableDescent = "stable_descent"
        /// Below the edge, and the sharpness rises.
        case progressiveSharpening = "progressive_sharpening"
        /// step * sharpness is near 2 or above.
        case edgeOfStability = "edge_of_stability"
        /// The sharpness is at its known lower bound.
        case flatland
        /// The loss shoots up and comes down again where the sharpness is lower.
        case catapult
        /// The loss goes up and does not come back, or is not finite.
        case divergence
    }

    public let kind: Kind
    /// The iterations at which it begins and ends; the latter is where the next one begins, or the last of the run.
    public let begin: Int
    public let end: Int
    /// Of a catapult and of a divergence: the largest loss over that at the beginning; infinite where it is not finite.
    public let rise: Double?

    public init(_ kind: Kind, begin: Int, end: Int, rise: Double? = nil) {
        self.kind = kind
        self.begin = begin
        self.end = end
        self.rise = rise
    }
}
