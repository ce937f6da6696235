/// Waits that double, from a tenth of a second to two seconds.
public struct Backoff: Sendable {
    private var seconds = 0.1

    public init() {}

    public mutating func next() -> Double {
        defer { seconds = min(2 * seconds, 2) }
        return seconds
    }
}
