import EosCore

/// Galli, Fox, Bartolomaeus, Schmidt, Rauhut: "Flatland: The Adventures of Gradient Descent with Large Step Sizes", ICML
/// 2026, arXiv 2606.06722.
struct FlatlandStudy: Study {
    let name = "flatland"
    let title = "Flatland: The Adventures of Gradient Descent with Large Step Sizes"
    let citation = "Galli, Fox, Bartolomaeus, Schmidt, Rauhut, ICML 2026, arXiv 2606.06722"
    let summary = "Full-batch training of small networks by line searches that look for large steps."

    func minutes(_ scale: Scale) -> Double { scale.pick(quick: 1.3, full: 60) }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        var all: [Experiment] = []
        for policy in ["nls", "nls-ub"] {
            all.append(
                Experiment(
                    "b-\(policy)",
                    run: """
                        [objective]
                        plugin = "mlp"
                        layers = [16, 32, 32, 10]
                        activation = "tanh"
                        dtype = "f64"
                        seed = 1
                        [objective.data]
                        generator = "clusters"
                        train = 200
                        test = 1000
                        [policy]
                        name = "\(policy)"
                        [stop]
                        iterations = \(scale.pick(quick: 300, full: 2000))
                        """, cost: 1))
        }
        return all
    }

    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        var series: [Series] = []
        for policy in ["nls", "nls-ub"] {
            guard let run = results.run("b-\(policy)") else { continue }
            series.append(
                Series(policy, run.losses.enumerated().map { Series.Point(Double($0.offset), $0.element) }))
        }
        let figure = Figure(
            "loss", caption: "Loss.",
            panels: [Panel("B", x: Axis("iteration"), y: Axis("loss", log: true), series)])
        return StudyReport(summary: "", claims: [], figures: [figure])
    }
}
