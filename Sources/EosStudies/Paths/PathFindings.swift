/// The results of the study as medians over seeds: one training in ten ends on a plateau where it began, and would decide
/// what a mean says of the others.
struct PathFindings {
    let study: PathsStudy
    let results: Results
    let scale: Scale

    /// What `name` came to in every training of one kind.
    func all(_ task: PathTask, _ length: PathsStudy.Length, _ sigma: Double, _ name: String, _ index: Int = 0)
        -> [Double]
    {
        study.seeds(task, scale).compactMap { seed in
            guard let values = results.numbers(PathsStudy.key(task, length, sigma, seed))?[name],
                index < values.count
            else { return nil }
            return values[index]
        }
    }

    func median(
        _ task: PathTask, _ sigma: Double, _ name: String, _ index: Int = 0, length: PathsStudy.Length = .long
    ) -> Double { all(task, length, sigma, name, index).median }

    /// How many trainings ended less than a tenth below the loss of the nearest class mean that they began with.
    func lost(_ task: PathTask, _ length: PathsStudy.Length, _ sigma: Double) -> Int {
        zip(all(task, length, sigma, "loss"), all(task, length, sigma, "initial")).count { !($0 < 0.9 * $1) }
    }

    /// Over all sigmas, in their order.
    func curve(_ task: PathTask, _ name: String, length: PathsStudy.Length = .long) -> [Double] {
        PathsStudy.sigmas.map { median(task, $0, name, length: length) }
    }

    /// Accuracy of networks trained with one noise and tested with another.
    func cross(
        _ task: PathTask, trained: Double, tested: Double, length: PathsStudy.Length = .long
    ) -> Double {
        median(task, trained, "cross", PathsStudy.sigmas.firstIndex(of: tested)!, length: length)
    }

    /// What `name` came to for n training paths, seed by seed.
    func generalisation(_ count: Int, _ name: String) -> [Double] {
        study.boundSeeds(scale).compactMap { results.numbers(PathsStudy.boundKey(count, $0))?[name]?.first }
    }

    /// Orders of the partial signature.
    func signature(_ task: PathTask, _ name: String, sigma: Double) -> [Double] {
        let lists = study.seeds(task, scale).compactMap {
            results.numbers(PathsStudy.key(task, .long, sigma, $0))?[name]
        }
        guard let count = lists.map(\.count).min() else { return [] }
        return (0..<count).map { order in lists.map { $0[order] }.median }
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
