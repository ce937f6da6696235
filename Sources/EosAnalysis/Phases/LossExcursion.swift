/// A rise of the loss by a factor at least, and its way back.
public struct LossExcursion: Sendable, Equatable {
    /// The last iteration before the rise.
    public let begin: Int
    /// Where the loss was largest.
    public let top: Int
    /// The first iteration at which the loss is down at its starting level again, or at its lowest before it rises
    /// again; nil: the run ends before it has come down by the factor.
    public let end: Int?
    /// The largest loss over the one at the beginning; infinite where it is not finite.
    public let rise: Double

    /// All of them, in order.
    ///
    /// - Parameters:
    ///   - loss: not negative; NaN counts as infinite.
    ///   - factor: above 1.
    public static func find(in loss: [Double], factor: Double) -> [LossExcursion] {
        let turns = TurningPoints(loss, factor: factor).turns
        return turns.indices.compactMap { index in
            guard turns[index].isHigh, index > 0 else { return nil }
            let begin = turns[index - 1].index
            let top = turns[index].index
            let low = index + 1 < turns.count ? turns[index + 1].index : nil
            let end = low.map { low in (top...low).first { loss[$0] <= loss[begin] } ?? low }
            let rise = (loss[top].isNaN ? .infinity : loss[top]) / loss[begin]
            return LossExcursion(begin: begin, top: top, end: end, rise: rise)
        }
    }
}
