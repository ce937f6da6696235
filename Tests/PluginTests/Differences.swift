import Glibc

/// Central differences of order four: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h.
///
/// On a network of piecewise linear units, `step` must be so small that no unit crosses its kink.
func difference(step: Double, _ f: (Double) throws -> Double) rethrows -> Double {
    let near = try f(step) - f(-step)
    let far = try f(2 * step) - f(-2 * step)
    return (8 * near - far) / (12 * step)
}

/// The same for vectors.
func difference(step: Double, _ f: (Double) throws -> [Double]) rethrows -> [Double] {
    let (a, b, c, d) = try (f(step), f(-step), f(2 * step), f(-2 * step))
    return a.indices.map { (8 * (a[$0] - b[$0]) - (c[$0] - d[$0])) / (12 * step) }
}

func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// |a - b| / |b|.
func relativeError(_ a: [Double], _ b: [Double]) -> Double { norm(zip(a, b).map { $0 - $1 }) / norm(b) }

func relativeError(_ a: Double, _ b: Double) -> Double { abs(a - b) / abs(b) }

/// x + t v.
func moved(_ x: [Double], by t: Double, along v: [Double]) -> [Double] { zip(x, v).map { $0 + t * $1 } }

func power(_ x: Double, _ e: Double) -> Double { pow(x, e) }
func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
