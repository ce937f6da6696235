import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// The table of functions and the description.
    static var tables: Check {
        Check("tables", "the table of functions and the description are valid") { subject throws(EosError) in
            if let missing = try subject.missing() { return .skipped(missing) }
            subject.parent.note("making one with create")
            let instance = try subject.make()
            subject.parent.note("")
            let ops = instance.ops
            var findings = size(ops.struct_size, of: eos_objective_ops.self)
            let groups: [(String, [Bool])] = [
                (
                    "ray_begin, ray_value and ray_commit",
                    [ops.ray_begin != nil, ops.ray_value != nil, ops.ray_commit != nil]
                ),
                ("linearize and curvature", [ops.linearize != nil, ops.curvature != nil]),
                ("metric and measure", [ops.metric != nil, ops.measure != nil]),
                ("save and load", [ops.save != nil, ops.load != nil]),
            ]
            for (name, members) in groups where members.contains(true) && members.contains(false) {
                findings.fail("the table has some but not all of \(name); give all or none")
            }
            if ops.sampled_curvature != nil, ops.curvature == nil {
                findings.fail("the table has sampled_curvature but not curvature; give both or neither")
            }
            let description = instance.description
            if description.shard_count < 0 || description.shard_count > 1 && ops.evaluate_shards == nil {
                findings.fail(
                    "shard_count is \(description.shard_count), but evaluate_shards is NULL; set it, or set "
                        + "shard_count to 0"
                )
            }
            let known = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE
            if description.flags & ~UInt32(known) != 0 {
                findings.warning("flags has bits that this host does not know: \(description.flags & ~UInt32(known))")
            }
            if description.value_lower_bound == .infinity || description.sharpness_lower_bound == .infinity {
                findings.fail("a lower bound is infinite; give NaN if it is unknown")
            }
            findings += try describesItselfTheSame(subject, instance)
            subject.parent.note("destroying two instances")
            return findings.orPass(
                "\(instance.space.type.name), dimension \(description.dimension)"
                    + (groups.filter { $0.1.allSatisfy { $0 } }.map { ", \($0.0)" }.joined()))
        }
    }

    private static func describesItselfTheSame(
        _ subject: ObjectiveSubject, _ instance: Instance
    ) throws(EosError) -> [Finding] {
        let other = try subject.make()
        let again = try description(of: instance)
        subject.parent.note("making an initial point")
        let x = try instance.initialPoint()
        subject.parent.note("evaluating at the initial point")
        _ = try? instance.evaluate(x.pointer, gradient: false)
        subject.parent.note("")
        let later = try description(of: instance)
        for (what, description) in [
            ("a second call", again), ("a call after an evaluation", later), ("a second instance", other.description),
        ] where !same(description, instance.description) {
            return .fail("describe gives another description in \(what); it must be constant for the same keys")
        }
        return []
    }

    private static func description(of instance: Instance) throws(EosError) -> eos_objective_description {
        let (status, description) = eos_objective_description.told(by: instance.ops.describe, of: instance.pointer)
        try instance.require(status, "describe")
        return description
    }

    private static func same(_ a: eos_objective_description, _ b: eos_objective_description) -> Bool {
        // Either may be as the host completed it.
        let (a, b) = (a.completed(), b.completed())
        func same(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN }
        return a.dtype == b.dtype && a.dimension == b.dimension && a.space == b.space && a.flags == b.flags
            && a.shard_count == b.shard_count && same(a.value_lower_bound, b.value_lower_bound)
            && same(a.sharpness_lower_bound, b.sharpness_lower_bound) && same(a.value_accuracy, b.value_accuracy)
    }

    /// Where training would begin.
    static var start: Check {
        Check("start", "initial points have finite values") { subject throws(EosError) in
            let instance = try subject.make()
            var values: [Double] = []
            for seed: UInt64 in [0, 1, 2, .max] {
                let x = try instance.vector()
                instance.space.fill(x.pointer) { _ in .nan }
                try instance.objective.initialPoint(seed: seed, into: x.pointer)
                if let bad = (0..<instance.count).first(where: { !x.element($0).isFinite }) {
                    return .fail(
                        "the initial point of seed \(seed) has \(x.element(bad)) at \(bad); write all "
                            + "\(instance.count) elements"
                    )
                }
                let evaluation = try instance.evaluate(x.pointer)
                guard evaluation.status == EOS_OK, evaluation.value.isFinite else {
                    return .fail(
                        "the value at the initial point of seed \(seed) is \(evaluation.value); training needs a "
                            + "finite value there"
                    )
                }
                let gradient = elements(evaluation.gradient, instance.space.type)
                if let bad = gradient.firstIndex(where: { !$0.isFinite }) {
                    return .fail(
                        "element \(bad) of the gradient at the initial point of seed \(seed) is \(gradient[bad]); "
                            + "write all \(instance.count) elements")
                }
                values.append(evaluation.value)
            }
            return .pass("values \(values.map { short($0) }.joined(separator: ", "))")
        }
    }
}
