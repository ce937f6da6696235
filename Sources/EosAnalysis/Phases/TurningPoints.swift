/// Where a series of numbers that are not negative turns: its lows and highs that differ by a factor at least from the
/// ones beside them, so that noise below the factor is passed over.
struct TurningPoints {
    struct Turn: Equatable {
        let index: Int
        let isHigh: Bool
    }

    /// Lows and highs in turn. The last may be an end that the series has not turned back from.
    let turns: [Turn]

    /// - Parameters:
    ///   - values: NaN counts as infinite.
    ///   - factor: above 1.
    init(_ values: [Double], factor: Double) {
        var turns: [Turn] = []
        var low = 0
        var high = 0
        var rises: Bool?
        for index in values.indices {
            func value(_ index: Int) -> Double { values[index].isNaN ? .infinity : values[index] }
            let here = value(index)
            // The last one of equal lows: where the rise begins.
            if rises != true, here <= value(low) { low = index }
            if rises != false, here > value(high) { high = index }
            if rises != true, here > value(low), here >= factor * value(low) {
                turns.append(Turn(index: low, isHigh: false))
                rises = true
                high = index
            } else if rises != false, here < value(high), here * factor <= value(high) {
                turns.append(Turn(index: high, isHigh: true))
                rises = false
                low = index
            }
        }
        if let rises { turns.append(Turn(index: rises ? high : low, isHigh: rises)) }
        self.turns = turns
    }
}
