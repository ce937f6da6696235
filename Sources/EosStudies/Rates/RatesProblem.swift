import EosAnalysis
import EosCore

/// A least squares problem whose flattest minimum has a closed form.
enum RatesProblem: Sendable {
    case product([Double], target: Double)
    /// u, then v.
    case innerProduct([Double], target: Double)

    /// Other depths, targets and an inner product, for the limits and constants.
    static let others: [RatesProblem] = [
        .product([1.35, 0.8, 0.75], target: 1), .product([1.6, 1.2, 1.0, 0.85], target: 2),
        .product([0.9, 1.15, 0.8, 1.0, 0.7, 1.1, 0.95], target: 0.5), .innerProduct([1.3, 0.6, 0.7, 1.2], target: 2),
    ]

    var start: [Double] {
        switch self {
        case .product(let start, _), .innerProduct(let start, _): start
        }
    }

    var target: Double {
        switch self {
        case .product(_, let target), .innerProduct(_, let target): target
        }
    }

    /// The name of the plugin, and what tells the problem from others.
    var plugin: String {
        switch self {
        case .product: "product"
        case .innerProduct: "inner-product"
        }
    }

    var key: String { "\(plugin)-\(start.count)-\(target)" }

    var title: String {
        switch self {
        case .product(let start, let target): "product, p = \(start.count), y = \(target.significant())"
        case .innerProduct(let start, let target): "inner product, n = \(start.count / 2), y = \(target.significant())"
        }
    }

    /// The keys of the objective.
    var keys: String {
        let entries = "start=[" + start.map { "\($0)" }.joined(separator: ",") + "] target=\(target)"
        switch self {
        case .product(let start, _): return "depth=\(start.count) \(entries)"
        case .innerProduct(let start, _): return "size=\(start.count / 2) \(entries)"
        }
    }

    func minimum() throws(EosError) -> FlattestMinimum {
        switch self {
        case .product(let start, let target): try .product(depth: start.count, target: target)
        case .innerProduct(_, let target): try .innerProduct(target: target)
        }
    }
}
