import CEos
import EosPluginKit

/// f(x) = sum of a x_i^4 / 4.
struct Quartic: ObjectiveFunction {
    static let descriptor = Descriptor(
        id: "org.example.quartic", title: "a flat bowl",
        parameters: [.integer("size", default: 3, in: 1...1_000_000, "number of parameters")])
    let dimension: Int

    init(configuration: ConfigReader, host: HostServices) throws {
        dimension = try configuration.integer("size")
    }

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) { x.update(repeating: 1) }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        var value = 0.0
        for i in x.indices {
            value += x[i] * x[i] * x[i] * x[i] / 4
            gradient?[i] = x[i] * x[i] * x[i]
        }
        return value
    }
}

/// Halves the step until the value falls, doubles it after every success.
struct Halving: StepSizePolicy {
    static let descriptor = Descriptor(
        id: "org.example.halving", title: "halve until the value falls",
        parameters: [.number("first_step", default: 1, in: 1e-12...1e12, "step of the first trial")])
    let firstStep: Double

    init(configuration: ConfigReader, host: HostServices) throws {
        firstStep = try configuration.number("first_step")
    }

    func propose(_ iterate: Iterate) -> Double { iterate.iteration == 0 ? firstStep : 2 * iterate.lastStep }

    func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict {
        trial.isFinite && trial.value < iterate.value ? .accept(trial.step) : .try(trial.step / 2)
    }
}

let plugin = Plugin(
    id: "org.example.toy", version: "1.0.0", licence: "MIT", objectives: [Quartic.self], policies: [Halving.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
