import EosAnalysis
import EosCore

/// What came out of the experiments of `RatesStudy`; what broke is not there.
struct RatesTraces {
    struct Trace {
        /// 1 to 5: the initialisation.
        let number: Int
        let measurement: RegimeMeasurement
        let multiplier: Double
    }

    let results: Results
    let scale: Scale
    /// At depth 5 and y = 1.
    let minimum: FlattestMinimum
    let subcritical: [Trace]
    let critical: [Trace]
    let supercritical: [Trace]

    init(_ results: Results, _ scale: Scale) throws(EosError) {
        self.results = results
        self.scale = scale
        minimum = try .product(depth: 5, target: 1)
        func traces(_ regime: RegimePrediction.Regime) -> [Trace] {
            RatesStudy.starts.indices.compactMap { index in
                RatesExperiment.measurement(results, "\(regime.rawValue)-\(index + 1)").map {
                    Trace(number: index + 1, measurement: $0.0, multiplier: $0.multiplier)
                }
            }
        }
        subcritical = traces(.subcritical)
        critical = traces(.critical)
        supercritical = traces(.supercritical)
    }

    func prediction(_ regime: RegimePrediction.Regime) -> RegimePrediction {
        RegimePrediction(minimum, step: RatesStudy.regimes.first { $0.regime == regime }!.step)
    }

    /// One run of the critical regime at another depth, target or function.
    struct Other {
        let problem: RatesProblem
        let prediction: RegimePrediction
        let measurement: RegimeMeasurement
    }

    func others() throws(EosError) -> [Other] {
        var all: [Other] = []
        for problem in RatesProblem.others {
            guard let found = RatesExperiment.measurement(results, "critical-\(problem.key)") else { continue }
            let prediction = RegimePrediction(try problem.minimum(), step: found.0.step)
            all.append(Other(problem: problem, prediction: prediction, measurement: found.0))
        }
        return all
    }

    /// The orbit at several alpha.
    struct Orbit {
        let prediction: RegimePrediction
        let measurement: RegimeMeasurement
        let multiplier: Double
    }

    var orbits: [Orbit] {
        RatesStudy.alphas(scale).compactMap { alpha in
            RatesExperiment.measurement(results, "orbit-\(alpha)").map {
                Orbit(
                    prediction: RegimePrediction(minimum, step: $0.0.step), measurement: $0.0,
                    multiplier: $0.multiplier)
            }
        }
    }
}

/// |a/b - 1|.
func deviation(_ a: Double?, _ b: Double) -> Double { a.map { abs($0 / b - 1) } ?? .nan }

/// "0.1 to 0.3", or the one number.
func range(_ values: [Double], _ digits: Int = 4) -> String {
    guard let least = values.min(), let most = values.max() else { return "nothing" }
    let (a, b) = (least.significant(digits), most.significant(digits))
    return a == b ? a : "\(a) to \(b)"
}
