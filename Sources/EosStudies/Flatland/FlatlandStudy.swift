import EosCore

/// Galli, Fox, Bartolomaeus, Schmidt, Rauhut: "Flatland: The Adventures of Gradient Descent with Large Step Sizes", ICML
/// 2026, arXiv 2606.06722.
struct FlatlandStudy: Study {
    let name = "flatland"
    let title = "Flatland: The Adventures of Gradient Descent with Large Step Sizes"
    let citation = "Galli, Fox, Bartolomaeus, Schmidt, Rauhut, ICML 2026, arXiv 2606.06722"
    let summary = """
        Full-batch gradient descent on networks of three linear layers with mean squared error over K = 10 one-hot classes. \
        The line searches NLS, NLS-ub, PoNLS (the paper's) and LS, the best constant step of a grid, Polyak's steps, CDAT \
        and AdGD, on the optical digits, MNIST and a CIFAR-10 subset, on the generated problem B, and on the generated \
        problems G-s, whose initial parameters are s times larger.
        """

    func minutes(_ scale: Scale) -> Double { scale.pick(quick: 1.3, full: 30) }

    func dataFiles(_ scale: Scale) -> [String] {
        [FlatlandProblem.digitsFile] + FlatlandProblem.mnistFiles + FlatlandProblem.cifarFiles
    }

    /// Those that every method is tried on.
    func problems(_ scale: Scale) -> [FlatlandProblem] { [.b(scale)] + dataSets(scale) }

    func dataSets(_ scale: Scale) -> [FlatlandProblem] {
        let larger: [FlatlandProblem] = scale.pick(quick: [], full: [.digits(scale)])
        return [.c(scale)] + larger + [.mnist(scale), .cifar(scale)]
    }

    /// Scaled starts, for NLS and NLS-ub.
    func scaled(_ scale: Scale) -> [FlatlandProblem] {
        let factors = scale.pick(quick: [2.5], full: [1, 1.5, 2, 2.5, 3, 4])
        return factors.map { .g($0, scale) }
    }

    func scaledDigits(_ scale: Scale) -> [FlatlandProblem] {
        scale.pick(quick: [], full: [.scaledC(2.5), .scaledC(3)])
    }

    func certificateSeeds(_ scale: Scale) -> [Int] { Array(1...scale.pick(quick: 1, full: 3)) }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        var all: [Experiment] = []
        for problem in problems(scale) {
            for method in problem.methods { all += problem.seeds.map { problem.experiment(method, $0) } }
        }
        for problem in scaled(scale) + scaledDigits(scale) {
            for method in [FlatlandMethod.nls, .capped] { all += problem.seeds.map { problem.experiment(method, $0) } }
        }
        for problem in scaled(scale) {
            for method in [FlatlandMethod.nls, .capped] {
                all += problem.seeds.map { FiringUnits.experiment(problem, method, $0) }
            }
        }
        all += certificateSeeds(scale).map { StepCertificate.experiment(seed: $0) }
        all.append(FlatPoint.experiment)
        return all
    }

    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        FlatlandReport(study: self, results: FlatlandResults(results), scale: scale).report
    }
}
