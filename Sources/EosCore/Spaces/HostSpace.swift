/// The space of parameter vectors in host memory: `count` elements of one type, and how vectors are combined.
///
/// Pointers are to `count` elements each. Updates round once an element, in the element type; sums are in double.
public struct HostSpace: Sendable, Equatable {
    public let type: ElementType
    public let count: Int

    public init(_ type: ElementType, count: Int) {
        self.type = type
        self.count = count
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
        case .f32: Self.dot(Self.f32(a), Self.f32(b), count)
        case .f64: Self.dot(Self.f64(a), Self.f64(b), count)
        }
    }

    /// <a, a>.
    public func norm2(_ a: UnsafeRawPointer) -> Double { dot(a, a) }

    /// <g, g>, <p, g - p> and <g - p, g - p> in one pass.
    func secant(
        _ g: UnsafeRawPointer, previous p: UnsafeRawPointer
    ) -> (norm2: Double, previousDotChange: Double, changeNorm2: Double) {
        switch type {
        case .f32: Float.secant(Self.f32(g), Self.f32(p), count)
        case .f64: Double.secant(Self.f64(g), Self.f64(p), count)
        }
    }

    /// out = x + t d. `out` may be `x`.
    public func move(_ x: UnsafeRawPointer, by t: Double, along d: UnsafeRawPointer, into out: UnsafeMutableRawPointer)
    {
        switch type {
        case .f32: Self.move(Self.f32(x), Float(t), Self.f32(d), Self.f32(out), count)
        case .f64: Self.move(Self.f64(x), t, Self.f64(d), Self.f64(out), count)
        }
    }

    /// out = t a. `out` may be `a`.
    public func scale(_ a: UnsafeRawPointer, by t: Double, into out: UnsafeMutableRawPointer) {
        switch type {
        case .f32: Self.scale(Self.f32(a), Float(t), Self.f32(out), count)
        case .f64: Self.scale(Self.f64(a), t, Self.f64(out), count)
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
    private static func dot<S: HostScalar>(_ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int) -> Double {
        if count >= 16 { return S.dot(a, b, count) }
        // The same sum without a call: objectives of few parameters are evaluated in less time than that takes.
        var sum = 0.0
        for i in 0..<count { sum += Double(a[i]) * Double(b[i]) }
        return sum
    }

    @inline(__always)
    private static func move<S: HostScalar>(
        _ x: UnsafePointer<S>, _ t: S, _ d: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
    ) {
        for i in 0..<count { out[i] = x[i] + t * d[i] }
    }

    @inline(__always)
    private static func scale<S: HostScalar>(
        _ a: UnsafePointer<S>, _ t: S, _ out: UnsafeMutablePointer<S>, _ count: Int
    ) {
        for i in 0..<count { out[i] = t * a[i] }
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
