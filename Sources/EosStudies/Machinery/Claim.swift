/// A statement beside what was measured of it here.
public struct Claim: Sendable {
    /// Whose statement it is.
    public enum Source: String, Sendable {
        /// The paper's own.
        case paper
        /// Ours: derived for this project, and checked numerically.
        case ours
        /// Believed to be the paper's, not checked against its text.
        case recalled
    }

    public let statement: String
    public let source: Source
    /// With the numbers.
    public let measured: String
    /// nil: it could not be decided here.
    public let agrees: Bool?

    public init(_ statement: String, from source: Source, measured: String, agrees: Bool?) {
        self.statement = statement
        self.source = source
        self.measured = measured
        self.agrees = agrees
    }
}
