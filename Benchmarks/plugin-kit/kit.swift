import EosPluginKit

struct Bowl: RayObjective {
    static let descriptor = Descriptor(id: "bench.bowl", title: "a bowl")
    let dimension = 2
    let a = 2.0
    var b = 0.0
    var c = 0.0

    init(configuration: ConfigReader, host: HostServices) {}

    func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Double>) { x.update(repeating: 1) }

    func evaluate(at x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>?) -> Double {
        if let gradient {
            gradient[0] = a * x[0]
            gradient[1] = x[1]
        }
        return (a * x[0] * x[0] + x[1] * x[1]) / 2
    }

    mutating func beginRay(from x: UnsafeBufferPointer<Double>, along d: UnsafeBufferPointer<Double>) {
        b = x[0] * d[0]
        c = d[0]
    }

    func value(onRay t: Double) -> Double { a + t * (b + t * c) }
}

struct Armijo: StepSizePolicy {
    static let descriptor = Descriptor(id: "bench.armijo", title: "backtracking")
    let c = 1e-4
    let shrink = 0.5
    let step = 1.0

    init(configuration: ConfigReader, host: HostServices) {}

    func propose(_ iterate: Iterate) -> Double { iterate.iteration == 0 ? step : iterate.lastStep / shrink }

    func judge(_ iterate: Iterate, _ trial: Trial) -> StepVerdict {
        trial.isFinite && trial.value <= iterate.value + c * trial.step * iterate.slope
            ? .accept(trial.step, trial.index == 0 ? .first : .backtracked) : .try(trial.step * shrink)
    }
}
