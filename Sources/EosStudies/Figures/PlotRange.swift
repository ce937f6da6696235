import Foundation

/// The range of an axis, so that everything on it is known before gnuplot sees it.
package struct PlotRange {
    package let low: Double
    package let high: Double
    let isLogarithmic: Bool

    /// - Parameter values: everything that is to be seen; those that can't be are passed over.
    package init(_ axis: Axis, _ values: some Sequence<Double>) {
        isLogarithmic = axis.isLogarithmic
        func map(_ value: Double) -> Double { axis.isLogarithmic ? log10(value) : value }
        func unmap(_ value: Double) -> Double { axis.isLogarithmic ? pow(10, value) : value }
        var (least, most) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite && (value > 0 || !axis.isLogarithmic) {
            least = min(least, map(value))
            most = max(most, map(value))
        }
        if least > most { (least, most) = axis.isLogarithmic ? (0, 1) : (0, 1) }
        if least == most {
            let margin = axis.isLogarithmic ? 0.5 : max(abs(least) * 0.1, 0.5)
            (least, most) = (least - margin, most + margin)
        }
        let margin = 0.04 * (most - least)
        low = axis.minimum ?? unmap(least - margin)
        high = axis.maximum ?? unmap(most + margin)
    }

    /// From 0 to 1 where it can be seen.
    package func position(_ value: Double) -> Double {
        isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    }

    package func shows(_ value: Double) -> Bool {
        guard value.isFinite, value > 0 || !isLogarithmic else { return false }
        let position = position(value)
        return position >= -1e-9 && position <= 1 + 1e-9
    }

    /// Powers of ten where there are some, else plain numbers.
    var format: String { isLogarithmic && high / low > 50 ? "10^{%T}" : "%g" }

    package var script: String { "[\(low):\(high)]" }
}
