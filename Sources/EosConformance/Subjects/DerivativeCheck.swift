import CEos
import EosCore
import Glibc

/// Compares an objective's gradient and curvature products at a point with differences of its values and gradients.
///
/// Along each direction d the central difference (f(x + h d) - f(x - h d))/(2 h) is held against <g, d> for falling h:
/// a right gradient shows an error that falls as h^2 and rises again with the rounding of the values. A contradiction is
/// where differences agree with each other and not with the derivative; where they do not even agree with each other
/// (kinks, rounding) nothing can be said. The same for H d against (g(x + h d) - g(x - h d))/(2 h).
public struct DerivativeCheck: Sendable {
    /// One direction.
    public struct Table: Sendable {
        /// "gradient along -g", "curvature along random 1".
        public let title: String
        /// h and the error relative to the derivative (NaN where a value was not finite).
        public let rows: [(h: Double, error: Double)]
        /// The smallest error.
        public let best: Double
        public let verdict: Verdict
    }

    public enum Verdict: String, Sendable {
        case agrees, contradicts, inconclusive
    }

    public let tables: [Table]
    /// |u' H v - v' H u| relative to the products, or NaN without products.
    public let asymmetry: Double

    public var verdict: Verdict {
        if tables.contains(where: { $0.verdict == .contradicts }) || asymmetry > limit { return .contradicts }
        return tables.contains { $0.verdict == .inconclusive } ? .inconclusive : .agrees
    }

    private let limit: Double

    /// - Parameters:
    ///   - x: `objective.space.count` elements.
    ///   - directions: how many random ones.
    /// - Throws: what the objective throws; `EOS_E_NONFINITE` where value or gradient at `x` are not finite.
    public init(_ objective: any Objective, at x: UnsafeRawPointer, directions: Int = 3, seed: UInt64) throws(EosError)
    {
        let probe = try Probe(objective, x)
        limit = probe.limit
        let random = try probe.randomDirections(directions, seed)
        var tables: [Table] = []
        if let steepest = try probe.steepest() { tables.append(try probe.gradientTable(steepest, "along -g")) }
        for (i, d) in random.enumerated() { tables.append(try probe.gradientTable(d, "along random \(i + 1)")) }
        guard objective.hasCurvature else {
            self.tables = tables
            asymmetry = .nan
            return
        }
        let curvature = try ObjectiveCurvature(objective, at: x)
        var products: [Vector] = []
        for (i, d) in random.enumerated() {
            let product = try objective.space.makeVector()
            try curvature.multiply(d.pointer, into: product.pointer)
            products.append(product)
            tables.append(try probe.curvatureTable(d, product, "along random \(i + 1)"))
        }
        self.tables = tables
        asymmetry = probe.asymmetry(random, products)
    }
}

/// The point, and work space.
private struct Probe {
    let objective: any Objective
    let space: HostSpace
    let x: UnsafeRawPointer
    let value: Double
    let gradient: Vector
    let norm: Double
    let scale: Double
    private let point: Vector
    private let plus: Vector
    private let minus: Vector

    init(_ objective: any Objective, _ x: UnsafeRawPointer) throws(EosError) {
        self.objective = objective
        self.x = x
        space = objective.space
        gradient = try space.makeVector()
        point = try space.makeVector()
        plus = try space.makeVector()
        minus = try space.makeVector()
        value = try objective.evaluate(at: x, gradient: gradient.pointer)
        norm = space.norm2(gradient.pointer).squareRoot()
        scale = max(1, space.norm2(x).squareRoot())
        guard value.isFinite, norm.isFinite else {
            throw EosError(
                EOS_E_NONFINITE, "value (\(value)) or gradient (norm \(norm)) are not finite at the point to check")
        }
    }

    /// Larger errors are not those of differences.
    var limit: Double { space.type == .f32 ? 5e-3 : 1e-5 }

    private var epsilon: Double { space.type.epsilon }
    private var valueEpsilon: Double {
        max(objective.description.value_accuracy, space.type == .f32 ? epsilon : Double.ulpOfOne)
    }
    private var widths: [Double] {
        let exponents =
            space.type == .f32 ? stride(from: -1.0, through: -5, by: -0.5) : stride(from: -1, through: -9, by: -1)
        return exponents.map { scale * pow(10, $0) }
    }

    func steepest() throws(EosError) -> Vector? {
        guard norm > 0 else { return nil }
        let d = try space.makeVector()
        space.scale(gradient.pointer, by: -1 / norm, into: d.pointer)
        return d
    }

    func randomDirections(_ count: Int, _ seed: UInt64) throws(EosError) -> [Vector] {
        let random = Random(seed: seed ^ 0x5eed)
        var result: [Vector] = []
        for i in 0..<count {
            let d = try space.makeVector()
            let first = UInt64(i) * UInt64(space.count)
            for element in 0..<space.count {
                let value = 2 * random.uniform(first + UInt64(element)) - 1
                switch space.type {
                case .f32: d.pointer.storeBytes(of: Float(value), toByteOffset: 4 * element, as: Float.self)
                case .f64: d.pointer.storeBytes(of: value, toByteOffset: 8 * element, as: Double.self)
                }
            }
            space.scale(d.pointer, by: 1 / space.norm2(d.pointer).squareRoot(), into: d.pointer)
            result.append(d)
        }
        return result
    }

    func gradientTable(_ d: Vector, _ title: String) throws(EosError) -> DerivativeCheck.Table {
        let slope = space.dot(gradient.pointer, d.pointer)
        // A random direction may be all but orthogonal to g: its slope is measured by what it should be.
        let size = max(abs(slope), 0.1 * norm / Double(space.count).squareRoot(), .leastNormalMagnitude)
        var rows: [Row] = []
        var previous = Double.nan
        for h in widths {
            let forward = try valueAt(h, d)
            let backward = try valueAt(-h, d)
            let difference = (forward - backward) / (2 * h)
            rows.append(
                Row(
                    h: h, error: abs(difference - slope) / size, change: abs(difference - previous) / size,
                    rounding: 4 * valueEpsilon * abs(value) / (h * size)))
            previous = difference
        }
        return table("gradient \(title)", rows)
    }

    func curvatureTable(_ d: Vector, _ product: Vector, _ title: String) throws(EosError) -> DerivativeCheck.Table {
        let size = max(space.norm2(product.pointer).squareRoot(), .leastNormalMagnitude)
        let previous = try space.makeVector()
        var rows: [Row] = []
        for h in widths {
            let forward = try gradientAt(h, d, plus)
            let backward = try gradientAt(-h, d, minus)
            space.move(plus.pointer, by: -1, along: minus.pointer, into: plus.pointer)
            space.scale(plus.pointer, by: 1 / (2 * h), into: plus.pointer)
            rows.append(
                Row(
                    h: h, error: forward && backward ? distance(plus, product) / size : .nan,
                    change: rows.isEmpty ? .nan : distance(plus, previous) / size,
                    rounding: 4 * epsilon * norm / (h * size)))
            previous.copy(from: plus.pointer)
        }
        return table("curvature \(title)", rows)
    }

    /// A difference of width h, relative to the derivative.
    private struct Row {
        let h: Double
        let error: Double
        /// From the difference of the width before.
        let change: Double
        /// What rounding alone may do.
        let rounding: Double
    }

    private func table(_ title: String, _ rows: [Row]) -> DerivativeCheck.Table {
        let best = rows.map(\.error).filter { !$0.isNaN }.min() ?? .nan
        let settled = rows.contains { row in
            row.error > limit && row.change < 0.1 * row.error && row.rounding < 0.1 * row.error
        }
        return DerivativeCheck.Table(
            title: title, rows: rows.map { ($0.h, $0.error) }, best: best,
            verdict: best <= limit ? .agrees : settled ? .contradicts : .inconclusive)
    }

    private func distance(_ a: Vector, _ b: Vector) -> Double {
        space.move(a.pointer, by: -1, along: b.pointer, into: point.pointer)
        return space.norm2(point.pointer).squareRoot()
    }

    /// The largest |u' H v - v' H u| relative to the products.
    func asymmetry(_ directions: [Vector], _ products: [Vector]) -> Double {
        var worst = 0.0
        for i in directions.indices {
            for j in 0..<i {
                let difference =
                    space.dot(directions[i].pointer, products[j].pointer)
                    - space.dot(directions[j].pointer, products[i].pointer)
                let size = max(space.norm2(products[i].pointer), space.norm2(products[j].pointer)).squareRoot()
                if size > 0 { worst = max(worst, abs(difference) / size) }
            }
        }
        return worst
    }

    private func valueAt(_ h: Double, _ d: Vector) throws(EosError) -> Double {
        space.move(x, by: h, along: d.pointer, into: point.pointer)
        return try objective.evaluate(at: point.pointer)
    }

    private func gradientAt(_ h: Double, _ d: Vector, _ out: Vector) throws(EosError) -> Bool {
        space.move(x, by: h, along: d.pointer, into: point.pointer)
        return try objective.evaluate(at: point.pointer, gradient: out.pointer).isFinite
    }
}
