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
            let seen = min(max(value, isLogarithmic ? 1 / Self.largest : -Self.largest), Self.largest)
            least = min(least, map(seen))
            most = max(most, map(seen))
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

    /// What a run that diverged has above this is not seen: with the margin it could leave the range of doubles.
    private static let largest = 1e280

    /// From 0 to 1 where it can be seen.
    package func position(_ value: Double) -> Double {
        isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    }

    package func shows(_ value: Double) -> Bool {
        guard value.isFinite, value > 0 || !isLogarithmic else { return false }
        let position = position(value)
        return position >= -1e-9 && position <= 1 + 1e-9
    }

    /// Powers of ten where the numbers are long, else plain numbers.
    var format: String { isLogarithmic && high / low > 50 && (low < 1e-3 || high > 2e4) ? "10^{%T}" : "%g" }

    /// What stands after `set xtics`: few enough that their labels do not touch.
    ///
    /// - Parameter most: labels that there is room for.
    func tics(atMost most: Int) -> String {
        if isLogarithmic { return high / low > 50 ? "autofreq" : "(\(logarithmicTics.joined(separator: ", ")))" }
        let raw = (high - low) / Double(max(most, 2))
        let power = pow(10, floor(log10(raw)))
        return "\(([1, 2, 5].first { $0 * power >= raw } ?? 10) * power)"
    }

    /// Over few decades, more than one label in each.
    private var logarithmicTics: [String] {
        let decades = (Int(floor(log10(low))) - 1)...(Int(ceil(log10(high))) + 1)
        func list(_ digits: [Double]) -> [Double] {
            decades.flatMap { decade in digits.map { $0 * pow(10, Double(decade)) } }.filter(shows)
        }
        let few = list([1, 2, 5])
        return (few.count >= 3 ? few : list([1, 1.5, 2, 3, 4, 5, 6, 8])).map { "'\(Self.label($0))' \($0)" }
    }

    /// 200 for 200, where two digits alone would give 2e+02.
    private static func label(_ value: Double) -> String {
        value >= 1 && value < 1e5 && value == value.rounded() ? String(Int(value)) : value.significant(2)
    }

    package var script: String { "[\(low):\(high)]" }
}
