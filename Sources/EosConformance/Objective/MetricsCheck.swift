import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// Metrics: names, values, what lies past the last.
    static var metrics: Check {
        Check("metrics", "metrics have valid names and values, and an end") { subject throws(EosError) in
            let instance = try subject.make()
            guard let metric = instance.ops.metric, instance.ops.measure != nil else {
                return .skipped("the table has neither metric nor measure")
            }
            let metrics = instance.objective.metrics
            var findings: [Finding] = []
            for (index, row) in metrics.enumerated() {
                let isPlain = row.name.utf8.allSatisfy { byte in
                    (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
                }
                if !isPlain || row.name.isEmpty {
                    findings.fail(
                        "metric \(index) is called \"\(row.name)\"; use letters, digits and underscores")
                }
                if metrics[..<index].contains(where: { $0.name == row.name }) {
                    findings.fail("two metrics are called \(row.name); give them different names")
                }
            }
            var row = sized(eos_metric())
            for index in [Int64(metrics.count), Int64(metrics.count) + 1, -1] {
                let status = metric(instance.pointer, index, &row)
                if status != EOS_E_NOT_FOUND {
                    findings.fail(
                        "metric(\(index)) returns \(status), but there are only \(metrics.count) metrics; return "
                            + "EOS_E_NOT_FOUND"
                    )
                    break
                }
            }
            let x = try instance.initialPoint()
            let before = try instance.evaluate(x.pointer)
            let values = try instance.objective.measure(x.pointer)
            let again = try instance.objective.measure(x.pointer)
            if instance.isDeterministic, values.map(\.bitPattern) != again.map(\.bitPattern) {
                findings.fail("measure gives \(values), and then \(again), at the same point")
            }
            if instance.isDeterministic, try instance.evaluate(x.pointer) != before {
                findings.fail("measure changes later evaluations; let it change no state")
            }
            return findings.orPass(zip(metrics, values).map { "\($0.name) \(short($1))" }.joined(separator: ", "))
        }
    }

    /// Blocks: all parameters, each once.
    static var blocks: Check {
        Check("blocks", "blocks cover each parameter once") { subject throws(EosError) in
            let instance = try subject.make()
            guard let block = instance.ops.block else { return .skipped("the table has no block") }
            let blocks = instance.objective.blocks
            var findings: [Finding] = []
            var next = 0
            for row in blocks.sorted(by: { $0.offset < $1.offset }) {
                if row.offset > next {
                    findings.fail("no block covers the parameters \(next)..<\(row.offset), before \(row.name)")
                } else if row.offset < next {
                    findings.fail(
                        "the block \(row.name) begins at \(row.offset), but the one before it ends at \(next)")
                }
                next = max(next, row.offset + row.shape.reduce(1, *))
            }
            if next < instance.count {
                findings.fail("no block covers the parameters \(next)..<\(instance.count)")
            }
            for (index, row) in blocks.enumerated() where blocks[..<index].contains(where: { $0.name == row.name }) {
                findings.fail("two blocks are called \(row.name)")
            }
            var row = sized(eos_block())
            for index in [Int64(blocks.count), Int64(blocks.count) + 1, -1] {
                let status = block(instance.pointer, index, &row)
                if status != EOS_E_NOT_FOUND {
                    findings.fail(
                        "block(\(index)) returns \(status), but there are only \(blocks.count) blocks; return "
                            + "EOS_E_NOT_FOUND"
                    )
                    break
                }
            }
            return findings.orPass("\(counted(blocks.count, "block")), \(instance.count) parameters")
        }
    }

    /// No value and no sharpness below what the description says.
    static var lowerBounds: Check {
        Check("lower-bounds", "no value and no sharpness is below its bound") { subject throws(EosError) in
            let instance = try subject.make()
            let description = instance.description
            let bound = max(
                description.isNonnegative ? 0 : -.infinity,
                description.value_lower_bound.isNaN ? -.infinity : description.value_lower_bound)
            let sharpness = description.sharpness_lower_bound
            guard bound > -.infinity || !sharpness.isNaN else {
                return .skipped("the description gives no lower bound")
            }
            let places = try instance.points() + descent(instance)
            var least = (Double.infinity, "")
            var flattest = (Double.infinity, "")
            for (name, x) in places {
                let evaluation = try instance.evaluate(x.pointer, gradient: false)
                guard evaluation.status == EOS_OK, evaluation.value.isFinite else { continue }
                if evaluation.value < least.0 { least = (evaluation.value, name) }
                if !sharpness.isNaN, name.hasPrefix("a") || name.contains("seed 0") {
                    let curvature = try ObjectiveCurvature(instance.objective, at: x.pointer)
                    let options = LeadingEigenvalues.Options(tolerance: 1e-3, maxProducts: 60)
                    guard let pair = try curvature.leading(options).pairs.first, pair.converged else { continue }
                    if pair.value + pair.residual < flattest.0 { flattest = (pair.value + pair.residual, name) }
                }
            }
            // Around a bound that is nearly reached, values are rounded.
            let slack = 100 * instance.valueAccuracy * max(abs(least.0), abs(bound.isFinite ? bound : 0))
            if least.0 < bound - slack {
                let flag =
                    description.isNonnegative && bound == 0 ? "EOS_OBJECTIVE_NONNEGATIVE" : "value_lower_bound \(bound)"
                return .fail(
                    "the value is \(least.0) at \(least.1), below \(flag); correct the bound, which policies use")
            }
            if !sharpness.isNaN, flattest.0 < sharpness * (1 - (instance.space.type == .f32 ? 1e-2 : 1e-4)) {
                return .fail(
                    "the largest curvature at \(flattest.1) is \(flattest.0), below sharpness_lower_bound "
                        + "\(sharpness); correct the bound: "
                        + "policies take no step above 2 over the bound")
            }
            return .pass(
                "least value \(short(least.0))"
                    + (flattest.0.isFinite
                        ? ", least sharpness \(short(flattest.0)) (bound \(short(sharpness)))" : ""))
        }
    }

    /// Points where a little training leads.
    private static func descent(_ instance: Instance) throws(EosError) -> [(name: String, x: Vector)] {
        var settings = Configuration()
        settings["stop.iterations"] = .integer(30)
        settings["stop.loss"] = .number(-.infinity)
        let trainer = try Trainer(
            objective: instance.objective, policy: try BuiltInPolicies.kind("armijo")!.make(Configuration()),
            settings: try TrainerSettings(settings))
        try? trainer.run(instance.objective)
        let x = try instance.vector()
        x.copy(from: trainer.best.x)
        return [("a point after \(trainer.progress.iteration) steps of armijo", x)]
    }
}
