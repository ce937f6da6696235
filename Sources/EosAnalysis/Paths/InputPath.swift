/// A path x: [0, T] -> R^m, as a function of time or as steps that are constant in between.
public struct InputPath: Sendable {
    /// T.
    public let duration: Double
    public let channels: Int
    /// [0, T] is integrated over in so many parts of equal length; for steps, one each.
    public let cells: Int
    private let values: Values

    private enum Values {
        case steps([Double])
        case function(@Sendable (Double) -> [Double])
    }

    /// Constant on [k T/K, (k + 1) T/K): what a network in K Euler steps is shown.
    ///
    /// - Parameter steps: K x channels, step by step.
    public init(duration: Double, channels: Int, steps: [Double]) {
        precondition(!steps.isEmpty && steps.count.isMultiple(of: channels))
        self.duration = duration
        self.channels = channels
        cells = steps.count / channels
        values = .steps(steps)
    }

    /// - Parameters:
    ///   - cells: integrals are taken over so many parts with 16 nodes each; the function must be smooth within a part.
    ///   - function: channels numbers for a time in 0 ... duration.
    public init(
        duration: Double, channels: Int, cells: Int = 64, _ function: @escaping @Sendable (_ time: Double) -> [Double]
    ) {
        self.duration = duration
        self.channels = channels
        self.cells = cells
        values = .function(function)
    }

    /// x at `share` (0 ..< 1) of cell `cell`.
    func value(cell: Int, share: Double) -> [Double] {
        switch values {
        case .steps(let steps): Array(steps[cell * channels..<(cell + 1) * channels])
        case .function(let function): function(duration * (Double(cell) + share) / Double(cells))
        }
    }

    /// The steps that Euler's method with `count` of them is shown: x(k T/K).
    public func steps(_ count: Int) -> [Double] {
        (0..<count).flatMap { k in
            let place = Double(k) / Double(count) * Double(cells)
            // A time that is a cell's beginning but for rounding belongs to it.
            let cell = min(Int(place + 1e-9), cells - 1)
            return value(cell: cell, share: max(0, place - Double(cell)))
        }
    }
}
