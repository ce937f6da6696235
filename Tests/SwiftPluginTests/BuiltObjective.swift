import CEos
import EosCore
import EosPluginHost
import Foundation
import Testing

/// Not Foundation's.
typealias Host = EosPluginHost.Host

/// The plugins of the tree, as they were built beside this test.
enum Built {
    static let catalogue: Catalogue = {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var catalogue = Catalogue()
        for name in ["quadratic", "rosenbrock", "logistic"] {
            let path = products.appending(path: "libeos-plugin-\(name).so").path
            do {
                try catalogue.add(LoadedPlugin.load(path: path))
            } catch {
                Issue.record("\(path): \(error)")
            }
        }
        return catalogue
    }()

    /// The sentence with which making `name` from `assignments` fails.
    static func refusal(_ name: String, _ assignments: String, host: Host = Host()) -> String {
        do throws(EosError) {
            var configuration = Configuration()
            try configuration.set(assignments: assignments)
            _ = try catalogue.makeObjective(name, configuration, host: host)
            return "accepted"
        } catch {
            return error.message
        }
    }
}

/// An objective of a built plugin, called through its table.
final class BuiltObjective {
    let ops: eos_objective_ops
    private let box: UnsafeMutableRawPointer?
    let host: Host
    let description: eos_objective_description
    var count: Int { Int(description.dimension) }

    init(_ name: String, _ assignments: String = "", host: Host = Host()) throws {
        var given = Configuration()
        try given.set(assignments: assignments)
        let offer = try Built.catalogue.find(.objective, name)
        let keys = ConfigHandle(try offer.resolve(given))
        let table = try LoadedPlugin.load(path: try #require(offer.file)).table.pointee
        let factory = try #require(table.get_factory(EOS_OBJECTIVE_FACTORY))
            .assumingMemoryBound(to: eos_objective_factory.self).pointee
        var ops: UnsafePointer<eos_objective_ops>?
        var box: UnsafeMutableRawPointer?
        let status = withExtendedLifetime(keys) {
            factory.create(factory.ctx, host.table, offer.id, keys.pointer, &ops, &box)
        }
        try #require(status == EOS_OK, "\(host.failures.take() ?? "no reason")")
        self.ops = try #require(ops).pointee
        self.box = box
        self.host = host
        var description = eos_objective_description()
        description.struct_size = UInt32(MemoryLayout<eos_objective_description>.size)
        #expect(self.ops.describe(box, &description) == EOS_OK)
        self.description = description
    }

    deinit { ops.destroy(box) }

    func initialPoint(seed: UInt64 = 1) -> [Double] {
        var x = [Double](repeating: .nan, count: count)
        #expect(ops.initial_point(box, seed, &x) == EOS_OK)
        return x
    }

    func evaluate(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        var gradient = [Double](repeating: .nan, count: count)
        let value = evaluate(x, into: &gradient)
        return (value, gradient)
    }

    func value(_ x: [Double]) -> Double { evaluate(x, into: nil) }

    private func evaluate(_ x: [Double], into gradient: UnsafeMutablePointer<Double>?) -> Double {
        x.withUnsafeBytes { x in
            var evaluation = eos_evaluation()
            evaluation.struct_size = UInt32(MemoryLayout<eos_evaluation>.size)
            evaluation.want = UInt32(EOS_WANT_VALUE | (gradient == nil ? 0 : EOS_WANT_GRADIENT))
            evaluation.x = x.baseAddress
            evaluation.gradient = UnsafeMutableRawPointer(gradient)
            #expect(ops.evaluate(box, &evaluation) == EOS_OK)
            return evaluation.value
        }
    }

    func curvature(_ x: [Double], times v: [Double]) throws -> [Double] {
        var product = [Double](repeating: .nan, count: count)
        let linearize = try #require(ops.linearize)
        let multiply = try #require(ops.curvature)
        #expect(linearize(box, x) == EOS_OK)
        #expect(multiply(box, v, &product) == EOS_OK)
        return product
    }

    /// The values at x + t d for each t, by the ray.
    func ray(_ x: [Double], _ d: [Double], _ steps: [Double]) throws -> [Double] {
        let begin = try #require(ops.ray_begin)
        let value = try #require(ops.ray_value)
        return x.withUnsafeBytes { x in
            d.withUnsafeBytes { d in
                #expect(begin(box, x.baseAddress, d.baseAddress) == EOS_OK)
                return steps.map {
                    var result = Double.nan
                    #expect(value(box, $0, &result) == EOS_OK)
                    return result
                }
            }
        }
    }

    func measure(_ x: [Double]) throws -> [String: Double] {
        let metric = try #require(ops.metric)
        let measure = try #require(ops.measure)
        var names: [String] = []
        var row = eos_metric()
        row.struct_size = UInt32(MemoryLayout<eos_metric>.size)
        while metric(box, Int64(names.count), &row) == EOS_OK { names.append(String(cString: row.name)) }
        var values = [Double](repeating: .nan, count: names.count)
        #expect(measure(box, x, &values) == EOS_OK)
        return Dictionary(uniqueKeysWithValues: zip(names, values))
    }
}

/// Numbers in [-1, 1), the same ones for the same seed.
func numbers(_ count: Int, seed: UInt64) -> [Double] {
    let random = Random(seed: seed)
    return (0..<count).map { 2 * random.uniform(UInt64($0)) - 1 }
}

/// |a - b| / |b|.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    norm(zip(a, b).map { $0 - $1 }) / norm(b)
}

func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// x + t d.
func point(_ x: [Double], _ t: Double, _ d: [Double]) -> [Double] { zip(x, d).map { $0 + t * $1 } }
