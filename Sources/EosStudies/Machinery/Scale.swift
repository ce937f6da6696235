/// How much of a study is done.
public enum Scale: String, Sendable, CaseIterable {
    /// Less than two minutes on two processors.
    case quick
    /// All that the report speaks of.
    case full

    /// "quick" or "full": one of two values.
    public func pick<Value>(quick: Value, full: Value) -> Value { self == .quick ? quick : full }
}
