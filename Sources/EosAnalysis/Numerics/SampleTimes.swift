/// Iterations at which a run is looked at.
public enum SampleTimes {
    /// 0, every, 2 every, ... and the last one.
    public static func every(_ every: Int, upTo last: Int) -> [Int] {
        var times = Array(stride(from: 0, through: last, by: max(every, 1)))
        if times.last != last { times.append(last) }
        return times
    }

    /// About `count` of them, evenly spread.
    public static func even(_ count: Int, upTo last: Int) -> [Int] {
        every((last + max(count, 1)) / max(count, 1), upTo: last)
    }

    /// 0, then about `count` times at equal ratios, each together with the one after it, so that what alternates from
    /// one iteration to the next is seen; and the last two.
    public static func geometricPairs(_ count: Int, upTo last: Int) -> [Int] {
        guard last > 1 else { return Array(0...max(last, 0)) }
        var times: Set<Int> = [0, 1, last - 1, last]
        let ratio = Double(last) / 1
        for index in 0...max(count, 1) {
            let time = Int(power(ratio, Double(index) / Double(max(count, 1))).rounded())
            times.insert(min(time, last))
            times.insert(min(time + 1, last))
        }
        return times.sorted()
    }
}
