import CEosSums

/// An element type that host vectors can have, and its sums (sums.h): in double, always in the same order.
protocol HostScalar: BinaryFloatingPoint {
    /// <a, b>.
    static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ count: Int) -> Double
    /// <g, g>, <p, g - p> and <g - p, g - p>.
    static func secant(_ g: UnsafePointer<Self>, _ p: UnsafePointer<Self>, _ count: Int) -> (Double, Double, Double)
}

extension Double: HostScalar {
    @inline(__always)
    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
        sums_dot_f64(a, b, count)
    }

    static func secant(
        _ g: UnsafePointer<Double>, _ p: UnsafePointer<Double>, _ count: Int
    ) -> (Double, Double, Double) {
        three { sums_secant_f64(g, p, count, $0) }
    }
}

extension Float: HostScalar {
    @inline(__always)
    static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
        sums_dot_f32(a, b, count)
    }

    static func secant(
        _ g: UnsafePointer<Float>, _ p: UnsafePointer<Float>, _ count: Int
    ) -> (Double, Double, Double) {
        three { sums_secant_f32(g, p, count, $0) }
    }
}

/// What `fill` writes to the three numbers that it is given.
private func three(_ fill: (UnsafeMutablePointer<Double>) -> Void) -> (Double, Double, Double) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { sums in
        fill(sums.baseAddress!)
        return (sums[0], sums[1], sums[2])
    }
}
