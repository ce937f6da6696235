import CEos
import EosPluginKit

/// f(x) = sum over i < n - 1 of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2: a curved valley that leads to (1, ..., 1).
struct Rosenbrock: CurvedObjective {
    static let descriptor = Descriptor(
        id: "eos.rosenbrock", title: "Rosenbrock function in any number of dimensions",
        source: "Rosenbrock, 1960, doi 10.1093/comjnl/3.3.175",
        parameters: [.integer("size", default: 2, in: 2...(.max), "number of parameters")])

    let dimension: Int
    /// Where the products of the Hessian are taken.
    private let point: Buffer<Double>

    init(configuration: ConfigReader, host: HostServices) throws {
        dimension = try configuration.integer("size")
        point = try Buffer(count: dimension)
    }

    var isNonnegative: Bool { true }

    /// (-1.2, 1, -1.2, 1, ...), whatever the seed.
    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) {
        for i in 0..<dimension { x[i] = i.isMultiple(of: 2) ? -1.2 : 1 }
    }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        var value = 0.0
        gradient?[0] = 0
        for i in 0..<dimension - 1 {
            let rise = x[i + 1] - x[i] * x[i]
            let rest = 1 - x[i]
            value += 100 * rise * rise + rest * rest
            if let gradient {
                gradient[i] -= 400 * x[i] * rise + 2 * rest
                gradient[i + 1] = 200 * rise
            }
        }
        return value
    }

    func linearize(at x: UnsafeBufferPointer<Double>) { _ = point.elements.update(from: x) }

    func curvature(along v: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>) {
        product[0] = 0
        for i in 0..<dimension - 1 {
            let x = point[i]
            product[i] += (1200 * x * x - 400 * point[i + 1] + 2) * v[i] - 400 * x * v[i + 1]
            product[i + 1] = 200 * v[i + 1] - 400 * x * v[i]
        }
    }
}

private let plugin = Plugin(
    id: "eos.rosenbrock", version: EOS_VERSION_STRING, licence: "Apache-2.0", objectives: [Rosenbrock.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
