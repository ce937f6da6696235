/// Everything that the study says.
struct FlatlandReport {
    let study: FlatlandStudy
    let results: FlatlandResults
    let scale: Scale

    var report: StudyReport {
        let claims = FlatlandClaims(study: study, results: results, scale: scale).all
        let (yes, no) = (claims.count { $0.agrees == true }, claims.count { $0.agrees == false })
        let open = claims.count - yes - no
        return StudyReport(
            summary: "Of \(claims.count) claims \(yes) agree with what was measured and \(no) do not"
                + (open > 0 ? "; \(open) need the full set." : "."),
            claims: claims,
            tables: FlatlandTables(study: study, results: results, scale: scale).all,
            figures: FlatlandFigures(study: study, results: results, scale: scale).all,
            differences: differences, limits: limits)
    }

    private var differences: [String] {
        let lengths = study.problems(scale).map { "\($0.title) \($0.iterations)" }.joined(separator: ", ")
        return [
            "The paper trains for 5000 iterations; here, to end in "
                + (scale == .full ? "about an hour" : "a minute or so") + " on two processors: \(lengths).",
            "The networks are the paper's MLP (three linear layers, width 100, ReLU, uniform fan-in start) on the digits, "
                + "MNIST and CIFAR-10; its CNN, ResNet and VGG are not there. B and G-s are this project's.",
            "The images are the first ones of each file, which are not stratified by class; MNIST and the digits are "
                + "normalised by one mean and deviation, CIFAR-10 by one a channel, of the training part.",
            "The sharpness is measured by a Krylov method with an error bound of 0.001 of it, not by 100 power iterations.",
            "MNIST and CIFAR-10 are trained in single precision, the others in double"
                + (scale == .full ? " (1500 digits: single)." : "."),
        ]
    }

    /// What does not hold, with numbers.
    private var limits: [String] {
        [aboveTwo, rounding, polyak, best, scaledDigits, rescued].compactMap { $0 }
    }

    private var aboveTwo: String? {
        let b = FlatlandProblem.b(scale)
        let parts = [FlatlandMethod.nls, .capped, .cdat].compactMap { method -> String? in
            let share = results.median(b, method) { $0.share(stepSharpnessAbove: 2) }
            return share.isNaN ? nil : "\(method.title) \(share.decimals(2))"
        }
        guard !parts.isEmpty else { return nil }
        let list = parts.joined(separator: ", ")
        return "Steps do not stay above the edge of stability all the time: share with ηλ > 2 on B: \(list)."
    }

    /// The slack that a search in single precision needs.
    private var rounding: String? {
        let single = study.problems(scale).filter { $0.objective.contains("f32") }
        let runs = single.flatMap { results.runs($0, .monotone) }
        guard !runs.isEmpty else { return nil }
        let share = runs.map(\.risingShare).max()!
        let rise = runs.map(\.largestRise).max()!
        return
            "In single precision LS is monotone up to rounding only: its loss rises in up to \(share.decimals(2)) of the "
            + "iterations, by \(rise.significant(1)) of itself at most (\(single.map(\.title).joined(separator: ", ")))."
    }

    private var polyak: String? {
        let better = study.problems(scale).compactMap { problem -> String? in
            let polyak = results.median(problem, .polyak, \.settledLoss)
            let capped = results.median(problem, .capped, \.settledLoss)
            guard polyak < capped else { return nil }
            return "\(problem.title) (\(polyak.significant(2)) against \(capped.significant(2)))"
        }
        guard !better.isEmpty else { return nil }
        return "Plain Polyak steps end at a smaller training loss than NLS-ub on \(better.joined(separator: ", "))."
    }

    /// Who ends at the smallest loss where.
    private var best: String? {
        let winners = study.problems(scale).compactMap { problem -> String? in
            let ends = results.methods(problem).map { ($0, results.median(problem, $0, \.settledLoss)) }
            guard let first = ends.filter({ $0.1.isFinite }).min(by: { $0.1 < $1.1 }) else { return nil }
            return "\(problem.title): \(first.0.title) (\(first.1.significant(2)))"
        }
        guard !winners.isEmpty else { return nil }
        return "Smallest training loss at the end, of all methods: \(winners.joined(separator: "; "))."
    }

    private var scaledDigits: String? {
        let parts = study.scaledDigits(scale).compactMap { problem -> String? in
            let runs = results.runs(problem, .capped)
            guard !runs.isEmpty else { return nil }
            let accuracy = runs.map { $0.settled("train_accuracy") }.median
            return
                "\(problem.title): \(runs.count(where: \.hasLearnt)) of \(runs.count) learn, median training accuracy "
                + accuracy.decimals(2)
        }
        guard !parts.isEmpty else { return nil }
        return "NLS-ub on digits from scaled starts, where hidden units die: \(parts.joined(separator: "; "))."
    }

    private var rescued: String? {
        let failing = study.scaled(scale).filter { problem in
            results.runs(problem, .capped).contains { !$0.hasLearnt }
        }
        guard !failing.isEmpty else { return nil }
        let parts = failing.map { problem in
            let runs = results.runs(problem, .capped)
            return "\(problem.title): \(runs.count { !$0.hasLearnt }) of \(runs.count)"
        }
        return "NLS-ub does not learn in every training from a scaled start: \(parts.joined(separator: ", "))."
    }
}
