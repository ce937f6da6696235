import EosCore

/// Which accepted steps had a neighbour, one `shrink` longer, that the search had tried and rejected: the equality of
/// the line searches (Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722). Such a step is certified to be
/// large.
///
/// It is read off the record: a search of eos says why it accepted a step, and how many trials it took.
public enum RejectedNeighbour {
    /// The policies whose reasons mean what is read here.
    public static let policies = ["ls", "nls", "nls-ub", "ponls", "ponos", "armijo", "gll", "zhang-hager"]
    /// A longer trial follows the first one as long as trials are accepted.
    private static let tracking = ["ls", "nls"]
    /// Trials after which tracking ends without a rejection.
    private static let mostTrials: Int32 = 100

    /// - Returns: nil for a policy that is no search of eos.
    public static func isThere(_ policy: String, reason: StepReason, trials: Int32) -> Bool? {
        let name = policy.hasPrefix("eos.") ? String(policy.dropFirst(4)) : policy
        guard policies.contains(name) else { return nil }
        return switch reason {
        // The trial before was longer by one shrink.
        case .backtracked: true
        // A second trial, longer, was rejected.
        case .first: trials == 2
        // NLS-ub takes one longer trial and goes there; the others go on until one is rejected.
        case .tracked: tracking.contains(name) && trials <= mostTrials
        case .capped, .safeguard: false
        }
    }
}
