import CEos
import EosPluginKit
import Glibc

/// f(x) = sum of log cosh x_i: a bowl whose walls are straight.
struct LogCosh: ObjectiveFunction {
    static let descriptor = Descriptor(
        id: "org.example.log-cosh", title: "a bowl with straight walls",
        parameters: [.integer("size", default: 3, in: 1...1_000_000, "number of parameters")])
    let dimension: Int

    init(configuration: ConfigReader, host: HostServices) throws {
        dimension = try configuration.integer("size")
    }

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) { x.update(repeating: 5) }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        var value = 0.0
        for i in x.indices {
            value += log(cosh(x[i]))
            gradient?[i] = tanh(x[i])
        }
        return value
    }
}

/// Halves the step until the value falls, and starts the next search at twice the step that was taken.
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
    id: "org.example.halving", version: "1.0.0", licence: "MIT", objectives: [LogCosh.self], policies: [Halving.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
