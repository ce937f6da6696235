/// How far a reproduction is.
public struct StudyProgress: Sendable {
    public let study: String
    /// Experiments.
    public let done: Int
    public let total: Int
    public let broken: Int
    /// Keys of those under way.
    public let running: [String]
    /// Of the work, from 0 to 1.
    public let share: Double
    /// nil: nothing can be said yet.
    public let secondsLeft: Double?
}
