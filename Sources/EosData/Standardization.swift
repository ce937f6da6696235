/// Shifting and scaling of inputs to mean 0 and standard deviation 1.
///
/// Mean and population standard deviation are those of the training part, padding left out; a deviation of 0 divides
/// by 1. All samples are shifted and scaled by them.
enum Standardization: String, CaseIterable {
    case none, global
    case perFeature = "per-feature"
    case perChannel = "per-channel"

    func apply<Scalar>(to samples: Samples<Scalar>) {
        if self == .none { return }
        let features = samples.shape.features
        let group: [Int] = (0..<features).map { feature in
            switch self {
            case .none, .global: 0
            case .perFeature: feature
            case .perChannel: samples.shape.channel(feature)
            }
        }

        // Sums by feature first, whatever the groups: they run along memory, and many short sums round less.
        var counts = [Double](repeating: 0, count: features)
        var sums = [Double](repeating: 0, count: features)
        for index in 0..<samples.train {
            let row = samples.sample(index)
            for feature in 0..<samples.extent(index) {
                counts[feature] += 1
                sums[feature] += Double(row[feature])
            }
        }
        let means = Self.divide(sums, counts, by: group)

        var squares = [Double](repeating: 0, count: features)
        for index in 0..<samples.train {
            let row = samples.sample(index)
            for feature in 0..<samples.extent(index) {
                let difference = Double(row[feature]) - means[feature]
                squares[feature] += difference * difference
            }
        }
        let deviations = Self.divide(squares, counts, by: group).map { $0 > 0 ? $0.squareRoot() : 1 }

        for index in 0..<samples.count {
            let row = samples.sample(index)
            for feature in 0..<samples.extent(index) {
                row[feature] = Scalar((Double(row[feature]) - means[feature]) / deviations[feature])
            }
        }
    }

    /// Sum over count of each feature's group; 0 for a group without elements.
    private static func divide(_ sums: [Double], _ counts: [Double], by group: [Int]) -> [Double] {
        var groupSums = [Double](repeating: 0, count: sums.count)
        var groupCounts = [Double](repeating: 0, count: sums.count)
        for (feature, group) in group.enumerated() {
            groupSums[group] += sums[feature]
            groupCounts[group] += counts[feature]
        }
        return group.map { groupCounts[$0] > 0 ? groupSums[$0] / groupCounts[$0] : 0 }
    }
}
