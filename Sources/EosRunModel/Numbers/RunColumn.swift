import CEos

/// A number that a run has at each of its iterates. The table of a run, JSON, CSV, OpenAPI, Prometheus, comparisons and
/// help take its name, unit and meaning from here: a further number is a further case, in this file only.
public enum RunColumn: Int, CaseIterable, Sendable {
    case iteration, valueEvaluations, gradientEvaluations, curvatureProducts
    case loss, initialLoss, bestLoss, gradientNorm, step, trials, reason, safeguards
    case sharpness, sharpnessResidual, sharpnessConverged, stepSharpness
    case seconds

    private var description: Description {
        switch self {
        case .iteration:
            Description(
                "iteration", .count, [.table, .report, .export, .comparison, .prometheus], title: "iterations",
                path: "iterations", "number of accepted steps"
            ) { Double($0.iteration) }
        case .valueEvaluations:
            Description(
                "value_evaluations", .count, [.table, .report, .comparison], title: "evaluations",
                path: "evaluations.value", "number of points where the value was requested"
            ) { Double($0.value_evaluations) }
        case .gradientEvaluations:
            Description(
                "gradient_evaluations", .count, [.table, .report, .comparison], title: "gradients",
                path: "evaluations.gradient", "number of points where the gradient was requested"
            ) { Double($0.gradient_evaluations) }
        case .curvatureProducts:
            Description(
                "curvature_products", .count, [.table, .report, .comparison], title: "curvature products",
                path: "evaluations.curvature", "number of products of the Hessian with a vector"
            ) { Double($0.curvature_products) }
        case .loss:
            Description(
                "loss", .real, [.table, .report, .export, .events, .comparison, .prometheus], title: "loss",
                path: "loss.last", "value of the objective at the iterate", \.value)
        case .initialLoss:
            Description(
                "initial_loss", .real, [.report], title: "first loss", path: "loss.initial",
                "value of the objective at iterate 0")
        case .bestLoss:
            Description(
                "best_loss", .real, [.report, .comparison], title: "best loss", path: "loss.best",
                "smallest loss of all iterates", \.best_value)
        case .gradientNorm:
            Description(
                "gradient_norm", .real, [.table, .report, .export, .events, .comparison], title: "gradient norm",
                "Euclidean norm of the gradient at the iterate", \.gradient_norm)
        case .step:
            Description(
                "step", .real, [.table, .report, .export, .events, .comparison, .prometheus], title: "step",
                "step that led to the iterate", \.step)
        case .trials:
            Description(
                "trials", .count, [.table, .export], title: "trials", "number of trials in the search for the step"
            ) { Double($0.trials) }
        case .reason:
            Description(
                "reason", .count, [.table], title: "reason", "reason why the step was accepted, as EOS_REASON_*"
            ) { Double($0.reason) }
        case .safeguards:
            Description(
                "safeguards", .count, [.table, .report, .comparison, .prometheus], title: "safeguards",
                "number of searches without an acceptable trial, which took the smallest step"
            ) { Double($0.failures) }
        case .sharpness:
            Description(
                "sharpness", .real, [.report, .export, .events, .comparison, .prometheus], title: "sharpness",
                path: "sharpness.value", "largest eigenvalue of the Hessian, from the last measurement", \.sharpness)
        case .sharpnessResidual:
            Description(
                "sharpness_residual", .real, [.report], title: "residual", path: "sharpness.residual",
                "bound of the distance from the sharpness to the nearest eigenvalue", \.sharpness_residual)
        case .sharpnessConverged:
            Description(
                "sharpness_converged", .flag, [.report], title: "converged", path: "sharpness.converged",
                "whether the residual is below the tolerance and no larger eigenvalue was missed"
            ) { $0.sharpness.isNaN ? .nan : Double($0.sharpness_converged) }
        case .stepSharpness:
            Description(
                "step_sharpness", .real, [.export, .comparison, .prometheus], title: "step*sharpness",
                "step times sharpness; its threshold is 2")
        case .seconds:
            Description(
                "seconds", .real, [.table, .report, .export, .events, .comparison], title: "seconds", unit: "s",
                "time spent training", \.seconds)
        }
    }

    public enum Kind: Sendable {
        /// A whole number from 0 on.
        case count
        case real
        /// 1: yes.
        case flag
    }

    /// Where a number is shown.
    public struct Places: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The table `iterates` of `run.db`.
        public static let table = Places(rawValue: 1)
        /// `eos show`, `eos train --json`, `GET /v1/runs/{id}`.
        public static let report = Places(rawValue: 2)
        /// `eos export`, `GET /v1/runs/{id}/iterates`.
        public static let export = Places(rawValue: 4)
        /// Events that tell of recorded iterates.
        public static let events = Places(rawValue: 8)
        /// `eos compare`.
        public static let comparison = Places(rawValue: 16)
        /// `/metrics`, as `eos_run_NAME`.
        public static let prometheus = Places(rawValue: 32)
    }

    private struct Description: Sendable {
        let name: String
        let kind: Kind
        let places: Places
        let title: String
        let path: String
        let unit: String
        let text: String
        let progress: (@Sendable (eos_progress) -> Double)?

        init(
            _ name: String, _ kind: Kind, _ places: Places, title: String, path: String? = nil, unit: String = "",
            _ text: String, _ progress: (@Sendable (eos_progress) -> Double)? = nil
        ) {
            self.name = name
            self.kind = kind
            self.places = places
            self.title = title
            self.path = path ?? name
            self.unit = unit
            self.text = text
            self.progress = progress
        }
    }

    private static let descriptions = allCases.map(\.description)

    /// In tables, exports and events: "gradient_norm".
    public var name: String { Self.descriptions[rawValue].name }
    public var kind: Kind { Self.descriptions[rawValue].kind }
    /// For people: "gradient norm".
    public var title: String { Self.descriptions[rawValue].title }
    /// In reports: "loss.last" is the member `last` of the member `loss`.
    public var path: String { Self.descriptions[rawValue].path }
    /// What the number is, with its unit where it has one.
    public var text: String {
        let description = Self.descriptions[rawValue]
        return description.unit.isEmpty ? description.text : "\(description.text), in \(description.unit)"
    }
    /// Where it comes from; nil: not from a trainer's progress.
    var progress: (@Sendable (eos_progress) -> Double)? { Self.descriptions[rawValue].progress }

    /// Those that are shown at a place, in order.
    public static func shown(in place: Places) -> [RunColumn] {
        allCases.filter { Self.descriptions[$0.rawValue].places.contains(place) }
    }

    /// Those that a trainer's progress tells.
    static let ofProgress = allCases.filter { $0.progress != nil }

    /// "name  meaning", a line a column, for help.
    public static func help(for place: Places) -> String {
        let columns = shown(in: place)
        let width = columns.map(\.name.count).max() ?? 0
        return columns.map { column in
            "  " + column.name + String(repeating: " ", count: width + 2 - column.name.count) + column.text
        }.joined(separator: "\n")
    }
}
