import EosCore

/// Whether each step of NLS on problem B is certified as large: accepted, with its double rejected, which proves
/// eta >= 2 delta (1 - c) / l(w, eta/delta) for the segment smoothness l. Here l is estimated from 64 points of the
/// segment, from below.
enum StepCertificate {
    private static let iterations = 150
    private static let samples = 64
    private static let (c, delta) = (1e-4, 0.5)

    static func experiment(seed: Int) -> Experiment {
        Experiment(
            "certificate-\(seed)",
            inputs: ["problem": "b", "seed": "\(seed)", "iterations": "\(iterations)", "samples": "\(samples)"],
            cost: 5
        ) { (laboratory) throws(EosError) in try certify(laboratory, seed) }
    }

    /// `ratio`: eta l / (2 delta (1 - c)) at every step; `bracketed`: whether the step passes and its double fails.
    private static func certify(_ laboratory: Laboratory, _ seed: Int) throws(EosError) -> Numbers {
        func problem() throws(EosError) -> any Objective {
            try laboratory.objective(
                "mlp",
                "layers=[16,32,32,10] activation=tanh dtype=f64 data.generator=clusters data.train=200 data.test=1000")
        }
        let (objective, probe) = (try problem(), try problem())
        let trainer = try laboratory.trainer(
            objective, try laboratory.policy("nls"), "seed=\(seed) stop.iterations=\(iterations)")
        let space = objective.space
        let (x, g) = (try space.makeVector(), try space.makeVector())
        let (point, gradient) = (try space.makeVector(), try space.makeVector())
        try objective.initialPoint(seed: UInt64(seed), into: x.pointer)
        var numbers: Numbers = ["ratio": [], "bracketed": []]
        // Zhang and Hager's running mean with xi = 1.
        var (weight, mean) = (0.0, 0.0)
        while try trainer.step(objective) {
            try laboratory.check()
            let value = try probe.evaluate(at: x.pointer, gradient: g.pointer)
            let norm2 = space.norm2(g.pointer)
            mean = (weight * mean + value) / (weight + 1)
            weight += 1
            let (reference, step) = (max(mean, value), trainer.progress.step)
            func isAccepted(_ t: Double) throws(EosError) -> Bool {
                space.move(x.pointer, by: -t, along: g.pointer, into: point.pointer)
                let value = try probe.evaluate(at: point.pointer)
                return value.isFinite && value <= reference - c * t * norm2
            }
            let (isStepAccepted, isDoubleAccepted) = (try isAccepted(step), try isAccepted(step / delta))
            var smoothness = 0.0
            for k in 1...samples {
                let t = step / delta * Double(k) / Double(samples)
                space.move(x.pointer, by: -t, along: g.pointer, into: point.pointer)
                _ = try probe.evaluate(at: point.pointer, gradient: gradient.pointer)
                space.move(gradient.pointer, by: -1, along: g.pointer, into: gradient.pointer)
                smoothness = max(smoothness, (space.norm2(gradient.pointer) / norm2).squareRoot() / t)
            }
            numbers["ratio"]!.append(step * smoothness / (2 * delta * (1 - c)))
            numbers["bracketed"]!.append(isStepAccepted && !isDoubleAccepted ? 1 : 0)
            x.copy(from: trainer.current.x)
        }
        return numbers
    }
}
