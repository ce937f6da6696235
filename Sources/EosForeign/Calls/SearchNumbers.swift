/// A number that a search is told.
enum SearchNumber: String, Sendable, CaseIterable {
    /// The key `first_step`.
    case firstStep = "first_step"
    /// The step that led to the iterate; `first_step` at the starting point.
    case lastStep = "last_step"
    /// Where to begin: `growth` times `last_step`, between `min_step` and `max_step`; `first_step` at the start.
    case nextStep = "next_step"
    case minStep = "min_step"
    case maxStep = "max_step"
    /// f at the iterate.
    case value
    /// <g, d> at the iterate.
    case slope
    /// |g| at the iterate.
    case gradientNorm = "gradient_norm"
    case iteration

    var text: String {
        switch self {
        case .firstStep: "the first step of the first search"
        case .lastStep: "the last step"
        case .nextStep: "the step at which the search begins"
        case .minStep: "the smallest step"
        case .maxStep: "the largest step"
        case .value: "the value at the iterate"
        case .slope: "the slope at the iterate"
        case .gradientNorm: "the norm of the gradient"
        case .iteration: "the iteration"
        }
    }
}

/// The steps that a policy's keys give.
struct SearchSteps: Sendable {
    var first = 1.0
    var minimum = 1e-6
    var maximum = 1e4
    var growth = 2.0
}

/// What a search is told, all of it.
struct SearchNumbers: Sendable {
    let start: SearchStart
    let steps: SearchSteps

    subscript(number: SearchNumber) -> Double {
        let last = start.lastStep
        return switch number {
        case .firstStep: steps.first
        case .lastStep: last.isNaN ? steps.first : last
        case .nextStep: last.isNaN ? steps.first : min(max(steps.growth * last, steps.minimum), steps.maximum)
        case .minStep: steps.minimum
        case .maxStep: steps.maximum
        case .value: start.value
        case .slope: start.slope
        case .gradientNorm: start.gradientNorm
        case .iteration: Double(start.iteration)
        }
    }
}
