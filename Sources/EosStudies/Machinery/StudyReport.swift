/// What a study says about its results. The claims come first: keep it to a page.
public struct StudyReport: Sendable {
    /// The answer, in a few sentences.
    public var summary: String
    public var claims: [Claim]
    /// Each goes to `OUT/tables/NAME.csv` and `NAME.md`.
    public var tables: [Table]
    /// Each goes to `OUT/figures/NAME.svg`, `NAME.png` and `NAME.gnuplot`.
    public var figures: [Figure]
    /// What was done otherwise than in the paper, and why.
    public var differences: [String]
    /// What does not hold, or only in part.
    public var limits: [String]

    public init(
        summary: String, claims: [Claim], tables: [Table] = [], figures: [Figure] = [], differences: [String] = [],
        limits: [String] = []
    ) {
        self.summary = summary
        self.claims = claims
        self.tables = tables
        self.figures = figures
        self.differences = differences
        self.limits = limits
    }
}

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
