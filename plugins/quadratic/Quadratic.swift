import CEos
import EosPluginKit
import Glibc

/// f(x) = 1/2 sum lambda_i x_i^2 with lambda_i = condition^(-i / (n - 1)): from 1 down to 1 / condition, geometrically.
///
/// The sharpness is 1 everywhere. Along a ray f is a parabola, so that a trial costs three multiplications.
struct Quadratic: RayObjective, CurvedObjective {
    static let descriptor = Descriptor(
        id: "eos.quadratic", title: "convex quadratic with a given size and condition number",
        parameters: [
            .integer("size", default: 10, in: 1...(.max), "number of parameters"),
            .number(
                "condition", default: 100, in: 1...1e300,
                "largest eigenvalue, which is 1, divided by the smallest one; the others are spaced geometrically"),
        ])

    let dimension: Int
    private let host: HostServices
    private let eigenvalues: Buffer<Double>
    private var ray = Parabola()

    init(configuration: ConfigReader, host: HostServices) throws {
        dimension = try configuration.integer("size")
        self.host = host
        eigenvalues = try Buffer(count: dimension)
        let condition = try configuration.number("condition")
        for i in 0..<dimension {
            eigenvalues[i] = dimension == 1 ? 1 : pow(condition, -Double(i) / Double(dimension - 1))
        }
    }

    var isNonnegative: Bool { true }
    /// One eigenvalue is exactly 1 at every point, and none is larger.
    var sharpnessLowerBound: Double? { 1 }

    /// Uniform in [-1, 1).
    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) {
        host.uniform(in: -1...1, seed: seed, into: x)
    }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        if let gradient { multiply(x, into: gradient) }
        return energy(x, x) / 2
    }

    mutating func beginRay(from x: UnsafeBufferPointer<Double>, along d: UnsafeBufferPointer<Double>) {
        ray = Parabola(value: energy(x, x) / 2, slope: energy(x, d), curvature: energy(d, d))
    }

    func value(onRay t: Double) -> Double { ray.value(at: t) }

    func linearize(at x: UnsafeBufferPointer<Double>) {}

    func curvature(along v: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>) {
        multiply(v, into: product)
    }

    /// out = H x.
    private func multiply(_ x: UnsafeBufferPointer<Double>, into out: UnsafeMutableBufferPointer<Double>) {
        for i in 0..<dimension { out[i] = eigenvalues[i] * x[i] }
    }

    /// x' H y. Four sums of eight: additions that wait for one another would take four times as long.
    private func energy(_ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>) -> Double {
        let lambda = UnsafeRawPointer(eigenvalues.elements.baseAddress.unsafelyUnwrapped)
        let left = UnsafeRawPointer(x.baseAddress.unsafelyUnwrapped)
        let right = UnsafeRawPointer(y.baseAddress.unsafelyUnwrapped)
        var sums = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
        func product(_ i: Int) -> SIMD8<Double> {
            let byte = i * 8
            return lambda.loadUnaligned(fromByteOffset: byte, as: SIMD8<Double>.self)
                * left.loadUnaligned(fromByteOffset: byte, as: SIMD8<Double>.self)
                * right.loadUnaligned(fromByteOffset: byte, as: SIMD8<Double>.self)
        }
        var i = 0
        while i + 32 <= dimension {
            sums.0 += product(i)
            sums.1 += product(i + 8)
            sums.2 += product(i + 16)
            sums.3 += product(i + 24)
            i += 32
        }
        var total = ((sums.0 + sums.1) + (sums.2 + sums.3)).sum()
        while i < dimension {
            total += eigenvalues[i] * x[i] * y[i]
            i += 1
        }
        return total
    }
}

/// f along a ray: value + t slope + t^2 curvature / 2.
private struct Parabola {
    var value = 0.0
    var slope = 0.0
    var curvature = 0.0

    /// Close to a minimum at 0 the terms cancel, which may leave a rounding error below it.
    func value(at t: Double) -> Double {
        let result = value + t * (slope + t * curvature / 2)
        return result < 0 ? 0 : result
    }
}

private let plugin = Plugin(
    id: "eos.quadratic", version: EOS_VERSION_STRING, licence: "Apache-2.0", objectives: [Quadratic.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
