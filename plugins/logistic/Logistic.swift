import CEos
import EosPluginKit
import Glibc

/// f(w) = the mean over the training samples of log(1 + exp(-y w.x)), y = -1 or +1: logistic regression without a bias.
///
/// Where the samples can be separated, f has no minimum: w grows for ever in the direction of the largest margin
/// (Soudry, Hoffer, Nacson, Gunasekar, Srebro, 2018, arXiv 1710.10345).
struct Logistic: CurvedObjective, MeasuredObjective {
    static let descriptor = Descriptor(
        id: "eos.logistic",
        title: "logistic regression for two classes, on a data set or on separable generated samples",
        source: "Cox, 1958, doi 10.1111/j.2517-6161.1958.tb00292.x",
        parameters: SeparableSamples.parameters, usesData: true)

    private let samples: ClassSamples
    /// For each training sample the second derivative of its loss by w.x, at the point of the last `linearize`.
    private let bends: Buffer<Double>

    init(configuration: ConfigReader, host: HostServices) throws {
        samples = try ClassSamples(configuration: configuration, host: host)
        bends = try Buffer(count: samples.train)
    }

    var dimension: Int { samples.features }
    var isNonnegative: Bool { true }

    /// Zero, whatever the seed: f is convex.
    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) { x.update(repeating: 0) }

    func evaluate(at w: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        gradient?.update(repeating: 0)
        var total = 0.0
        let share = 1 / Double(samples.train)
        for i in 0..<samples.train {
            let x = samples.inputs(of: i)
            let y = samples.signs[i]
            let margin = y * dot(x, w)
            let small = exp(-abs(margin))
            total += log1p(small) + max(-margin, 0)
            if let gradient {
                let wrong = (margin > 0 ? small : 1) / (1 + small)
                add(-wrong * y * share, x, to: gradient)
            }
        }
        return total * share
    }

    func linearize(at w: UnsafeBufferPointer<Double>) {
        for i in 0..<samples.train {
            let small = exp(-abs(dot(samples.inputs(of: i), w)))
            bends[i] = small / ((1 + small) * (1 + small))
        }
    }

    func curvature(along v: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>) {
        product.update(repeating: 0)
        let share = 1 / Double(samples.train)
        for i in 0..<samples.train {
            let x = samples.inputs(of: i)
            add(bends[i] * dot(x, v) * share, x, to: product)
        }
    }

    var metrics: [Metric] {
        var metrics = [
            Metric("train_accuracy", "share of training samples on the correct side of the plane"),
            Metric("margin", "least distance of a training sample to the plane; negative on the wrong side"),
        ]
        if samples.test > 0 {
            metrics.append(Metric("test_accuracy", "share of test samples on the correct side of the plane"))
        }
        return metrics
    }

    func measure(at w: UnsafeBufferPointer<Double>, into values: UnsafeMutableBufferPointer<Double>) {
        let norm = sqrt(dot(w, w))
        var margin = Double.infinity
        var right = (train: 0, test: 0)
        for i in 0..<samples.train + samples.test {
            let distance = samples.signs[i] * dot(samples.inputs(of: i), w)
            if i < samples.train {
                margin = min(margin, distance)
                right.train += distance > 0 ? 1 : 0
            } else {
                right.test += distance > 0 ? 1 : 0
            }
        }
        values[0] = Double(right.train) / Double(samples.train)
        values[1] = norm > 0 ? margin / norm : 0
        if samples.test > 0 { values[2] = Double(right.test) / Double(samples.test) }
    }
}

/// x.y in four sums of eight: additions that wait for one another would take four times as long.
private func dot(_ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>) -> Double {
    let left = UnsafeRawPointer(x.baseAddress.unsafelyUnwrapped)
    let right = UnsafeRawPointer(y.baseAddress.unsafelyUnwrapped)
    func product(_ i: Int) -> SIMD8<Double> {
        left.loadUnaligned(fromByteOffset: i * 8, as: SIMD8<Double>.self)
            * right.loadUnaligned(fromByteOffset: i * 8, as: SIMD8<Double>.self)
    }
    var sums = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
    var i = 0
    while i + 32 <= x.count {
        sums.0 += product(i)
        sums.1 += product(i + 8)
        sums.2 += product(i + 16)
        sums.3 += product(i + 24)
        i += 32
    }
    var total = ((sums.0 + sums.1) + (sums.2 + sums.3)).sum()
    while i < x.count {
        total += x[i] * y[i]
        i += 1
    }
    return total
}

/// out += factor x.
private func add(
    _ factor: Double, _ x: UnsafeBufferPointer<Double>, to out: UnsafeMutableBufferPointer<Double>
) {
    for i in 0..<x.count { out[i] += factor * x[i] }
}

private let plugin = Plugin(
    id: "eos.logistic", version: EOS_VERSION_STRING, licence: "Apache-2.0", objectives: [Logistic.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
