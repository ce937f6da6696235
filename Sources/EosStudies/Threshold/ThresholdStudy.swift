import EosCore

/// Learning threshold neurons via the edge of stability, 2022, arXiv 2212.07469.
struct ThresholdStudy: Study {
    let name = "threshold"
    let title = "Learning threshold neurons via the edge of stability"
    let citation = "2022, arXiv 2212.07469"
    let summary =
        "Gradient descent with constant steps on three objectives: a single neuron l(x y), the mean model of a ReLU "
        + "network on sparse coding data, and that network. Below a step of 8 pi/d^2 no bias is learned, above it one "
        + "is."

    var revision: Int { 2 }

    func minutes(_ scale: Scale) -> Double { scale.pick(quick: 0.3, full: 1.5) }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        MeanModelPart(scale: scale).experiments + SingleNeuronPart(scale: scale).experiments
            + NetworkPart(scale: scale).experiments
    }

    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        let mean = MeanModelPart(scale: scale)
        let neuron = SingleNeuronPart(scale: scale)
        let network = NetworkPart(scale: scale)
        let claims = mean.claims(results) + neuron.claims(results) + network.claims(results)
        let held = claims.count { $0.agrees == true }
        let figures =
            [
                network.sweepFigure(results, mean), network.pairFigure(results), network.edgeFigure(results),
                network.pathFigure(results),
                mean.figure(results),
            ].compactMap { $0 } + neuron.figures(results)
        return StudyReport(
            summary: "\(held) of \(claims.count) claims hold here.", claims: claims,
            tables: [mean.table(results), neuron.table(results), network.table(results)].compactMap { $0 },
            figures: figures,
            differences: [
                "The loss of the full network is the mean over the samples; with the sum the threshold would be "
                    + "8 pi/(n d^2).",
                "Test accuracy is measured on 20 000 fresh samples.",
                "Below the threshold the bias is not zero: it drifts slowly, by an amount that depends on the seed "
                    + "and not on the step. So biases are compared in pairs of the same data and weights, against "
                    + "that at eta_c/4.",
            ],
            limits: [
                "Data and initial weights come from random numbers of our own: single trainings can't be compared "
                    + "with the paper's, only what holds for all of them.",
                "The mean model leaves the signal out: far above the threshold the network's bias goes on falling "
                    + "where that of the mean model has come to rest.",
            ])
    }
}
