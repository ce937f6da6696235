/// The space of parameter vectors in host memory: `count` elements of one type, and how vectors are combined.
///
/// Pointers are to `count` elements each. Updates round once an element, in the element type; sums are in double, in an
/// order that depends on the count alone.
public struct HostSpace: Sendable {
    public let type: ElementType
    public let count: Int
    /// Who shares work on long vectors; nil: the calling thread does all.
    public let threads: ThreadPool?

    public init(_ type: ElementType, count: Int, threads: ThreadPool? = nil) {
        self.type = type
        self.count = count
        self.threads = threads
    }

    /// Bytes of one vector; the largest number where it is larger than that.
    public var bytes: Int {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
        return overflow ? .max : bytes
    }

    public func makeVector() throws(EosError) -> Vector { try Vector(type, count: count) }

    /// <a, b>.
    public func dot(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer) -> Double {
        switch type {
        case .f32: dot(elements: Self.f32(a), Self.f32(b))
        case .f64: dot(elements: Self.f64(a), Self.f64(b))
        }
    }

    /// <a, a>.
    public func norm2(_ a: UnsafeRawPointer) -> Double { dot(a, a) }

    /// <g, g>, <p, g - p> and <g - p, g - p> in one pass.
    func secant(
        _ g: UnsafeRawPointer, previous p: UnsafeRawPointer
    ) -> (norm2: Double, previousDotChange: Double, changeNorm2: Double) {
        switch type {
        case .f32: secant(elements: Self.f32(g), Self.f32(p))
        case .f64: secant(elements: Self.f64(g), Self.f64(p))
        }
    }

    /// out = x + t d. `out` may be `x`.
    public func move(_ x: UnsafeRawPointer, by t: Double, along d: UnsafeRawPointer, into out: UnsafeMutableRawPointer)
    {
        switch type {
        case .f32: move(elements: Self.f32(x), Float(t), Self.f32(d), Self.f32(out))
        case .f64: move(elements: Self.f64(x), t, Self.f64(d), Self.f64(out))
        }
    }

    /// out = t a. `out` may be `a`.
    public func scale(_ a: UnsafeRawPointer, by t: Double, into out: UnsafeMutableRawPointer) {
        switch type {
        case .f32: scale(elements: Self.f32(a), Float(t), Self.f32(out))
        case .f64: scale(elements: Self.f64(a), t, Self.f64(out))
        }
    }

    /// Element i of `out` is `element(i)`, rounded to the element type.
    public func fill(_ out: UnsafeMutableRawPointer, _ element: (Int) -> Double) {
        switch type {
        case .f32: for i in 0..<count { Self.f32(out)[i] = Float(element(i)) }
        case .f64: for i in 0..<count { Self.f64(out)[i] = element(i) }
        }
    }

    @inline(__always)
    private func dot<S: HostScalar>(elements a: UnsafePointer<S>, _ b: UnsafePointer<S>) -> Double {
        if count < 16 {
            // The same sum without a call: objectives of few parameters are evaluated in less time than that takes.
            var sum = 0.0
            for i in 0..<count { sum += Double(a[i]) * Double(b[i]) }
            return sum
        }
        if count <= Chunks.least { return S.dot(a, b, count) }
        var total = 0.0
        withUnsafeMutablePointer(to: &total) { total in
            sum(into: UnsafeMutableBufferPointer(start: total, count: 1), reading: 2) {
                $1[0] = S.dot(a + $0.lowerBound, b + $0.lowerBound, $0.count)
            }
        }
        return total
    }

    @inline(__always)
    private func secant<S: HostScalar>(
        elements g: UnsafePointer<S>, _ p: UnsafePointer<S>
    ) -> (Double, Double, Double) {
        if count <= Chunks.least { return S.secant(g, p, count) }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { totals in
            totals.initialize(repeating: 0)
            sum(into: totals, reading: 2) {
                ($1[0], $1[1], $1[2]) = S.secant(g + $0.lowerBound, p + $0.lowerBound, $0.count)
            }
            return (totals[0], totals[1], totals[2])
        }
    }

    @inline(__always)
    private func move<S: HostScalar>(
        elements x: UnsafePointer<S>, _ t: S, _ d: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>
    ) {
        if count <= Chunks.least {
            for i in 0..<count { out[i] = x[i] + t * d[i] }
        } else {
            inChunks(touching: 3) { for i in $0 { out[i] = x[i] + t * d[i] } }
        }
    }

    @inline(__always)
    private func scale<S: HostScalar>(elements a: UnsafePointer<S>, _ t: S, _ out: UnsafeMutablePointer<S>) {
        if count <= Chunks.least {
            for i in 0..<count { out[i] = t * a[i] }
        } else {
            inChunks(touching: 2) { for i in $0 { out[i] = t * a[i] } }
        }
    }

    @inline(__always)
    private static func f32(_ p: UnsafeRawPointer) -> UnsafePointer<Float> { p.assumingMemoryBound(to: Float.self) }
    @inline(__always)
    private static func f64(_ p: UnsafeRawPointer) -> UnsafePointer<Double> { p.assumingMemoryBound(to: Double.self) }
    @inline(__always)
    private static func f32(_ p: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
        p.assumingMemoryBound(to: Float.self)
    }
    @inline(__always)
    private static func f64(_ p: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Double> {
        p.assumingMemoryBound(to: Double.self)
    }
}

extension HostSpace: Equatable {
    /// Whether the vectors are those of the same space, whoever works on them.
    public static func == (a: HostSpace, b: HostSpace) -> Bool { a.type == b.type && a.count == b.count }
}
