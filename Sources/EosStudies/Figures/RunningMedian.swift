extension Array where Element == Double {
    /// The median of the numbers near each place, so that a curve which jumps can be seen beside others.
    ///
    /// - Parameter window: how many numbers are looked at, fewer at the ends. Those that are not finite are passed over.
    public func runningMedian(_ window: Int) -> [Double] {
        let reach = Swift.max(window, 1) / 2
        return indices.map { middle in
            let near = self[Swift.max(middle - reach, 0)...Swift.min(middle + reach, count - 1)]
            return near.filter(\.isFinite).median
        }
    }

    /// The middle number, or the mean of the two middle ones; NaN where there is none. NaN must not be among them.
    public var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }
}

extension Series {
    /// Values at places as a curve: medians over `window` of them, and no more points than can be seen.
    public init(
        _ title: String, medians values: [Double], at places: [Double], window: Int, style: Int? = nil,
        atMost points: Int = 250
    ) {
        let smooth = values.runningMedian(window)
        let stride = Swift.max(1, smooth.count / points)
        let shown = smooth.indices.filter { $0 % stride == 0 || $0 == smooth.count - 1 }
        self.init(title, shown.map { Point(places[$0], smooth[$0]) }, style: style)
    }
}
