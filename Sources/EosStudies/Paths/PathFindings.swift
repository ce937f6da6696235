import EosCore

/// The results of the study as means over seeds.
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

    func mean(
        _ task: PathTask, _ sigma: Double, _ name: String, _ index: Int = 0, length: PathsStudy.Length = .long
    ) -> Double { Self.mean(all(task, length, sigma, name, index)) }

    /// Over all sigmas, in their order.
    func curve(_ task: PathTask, _ name: String, length: PathsStudy.Length = .long) -> [Double] {
        PathsStudy.sigmas.map { mean(task, $0, name, length: length) }
    }

    /// Accuracy of networks trained with one noise and tested with another.
    func cross(
        _ task: PathTask, trained: Double, tested: Double, length: PathsStudy.Length = .long
    ) -> Double {
        mean(task, trained, "cross", PathsStudy.sigmas.firstIndex(of: tested)!, length: length)
    }

    /// What `name` came to for n training paths, seed by seed.
    func generalisation(_ count: Int, _ name: String) -> [Double] {
        study.boundSeeds(scale).compactMap { results.numbers(PathsStudy.boundKey(count, $0))?[name]?.first }
    }

    /// Orders of the partial signature, as means over the seeds of one sigma.
    func signature(_ task: PathTask, _ name: String, sigma: Double) -> [Double] {
        let lists = study.seeds(task, scale).compactMap {
            results.numbers(PathsStudy.key(task, .long, sigma, $0))?[name]
        }
        guard let count = lists.map(\.count).min() else { return [] }
        return (0..<count).map { order in Self.mean(lists.map { $0[order] }) }
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
