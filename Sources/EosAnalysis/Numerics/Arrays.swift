/// Sums over arrays of one length.
func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
}

func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

/// x + t v.
func moved(_ x: [Double], by t: Double, along v: [Double]) -> [Double] {
    var result = x
    for i in x.indices { result[i] += t * v[i] }
    return result
}

func difference(_ a: [Double], _ b: [Double]) -> [Double] { moved(a, by: -1, along: b) }

func scaled(_ a: [Double], by t: Double) -> [Double] { a.map { t * $0 } }

/// The middle of the values, the mean of the two middle ones for an even number; NaN for none.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
