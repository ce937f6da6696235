import CEos
import EosData

/// Paths with labels, all of K steps.
public struct PathSamples: Sendable {
    /// K.
    public let steps: Int
    /// m.
    public let channels: Int
    /// T.
    public let duration: Double
    /// count x K x m: x(k T/K), step by step.
    public let values: [Double]
    /// 0 ..< classes.
    public let labels: [Int]

    public var count: Int { labels.count }
    public var dt: Double { duration / Double(steps) }

    public init(steps: Int, channels: Int, duration: Double, values: [Double], labels: [Int]) {
        precondition(values.count == labels.count * steps * channels)
        self.steps = steps
        self.channels = channels
        self.duration = duration
        self.values = values
        self.labels = labels
    }

    /// Path `index` as steps.
    public func path(_ index: Int) -> InputPath {
        InputPath(duration: duration, channels: channels, steps: steps(of: index))
    }

    func steps(of index: Int) -> [Double] {
        let size = steps * channels
        return Array(values[index * size..<(index + 1) * size])
    }
}

extension PathSamples {
    /// Samples `range` of a data set as the objective path-rnn takes them: series of another length than `steps` are
    /// interpolated linearly, first value to first and last to last.
    public init(_ data: Dataset, _ range: Range<Int>, steps: Int, duration: Double) {
        let table = data.table.pointee
        let (channels, features) = (Int(table.channels), Int(table.features))
        let inputs = table.inputs.assumingMemoryBound(to: Double.self)
        precondition(table.dtype == UInt32(EOS_F64))
        var values: [Double] = []
        values.reserveCapacity(range.count * steps * channels)
        for index in range {
            let length = table.lengths.map { Int($0[index]) } ?? Int(table.steps)
            let series = UnsafeBufferPointer(start: inputs + index * features, count: length * channels)
            Self.interpolate(series, channels: channels, steps: steps, into: &values)
        }
        self.init(
            steps: steps, channels: channels, duration: duration, values: values,
            labels: range.map { Int(table.labels[$0]) })
    }

    private static func interpolate(
        _ series: UnsafeBufferPointer<Double>, channels: Int, steps: Int, into values: inout [Double]
    ) {
        let last = series.count / channels - 1
        for k in 0..<steps {
            let place = steps == 1 ? 0 : Double(k) * Double(last) / Double(steps - 1)
            let left = min(Int(place), last)
            let right = min(left + 1, last)
            for j in 0..<channels {
                let (a, b) = (series[left * channels + j], series[right * channels + j])
                values.append(a + (place - Double(left)) * (b - a))
            }
        }
    }
}
