import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// Values along a ray, and what follows a commit, against evaluations at points that are formed here.
    static var ray: Check {
        Check("ray", "values along a ray and after commit agree with evaluate") { subject throws(EosError) in
            let instance = try subject.make()
            guard instance.objective.hasRay else { return .skipped("the table has no ray functions") }
            let plain = try subject.make()
            var worst = 0.0
            for (name, x) in try instance.points() {
                let start = try instance.evaluate(x.pointer)
                guard start.status == EOS_OK else { continue }
                let d = try steepest(instance, x, start)
                let length = max(instance.space.norm2(d.pointer).squareRoot(), .leastNormalMagnitude)
                let scale = max(instance.space.norm2(x.pointer).squareRoot(), 1) / length
                let steps = [0, 0.01, 0.1, 0.5].map { $0 * scale }
                if let finding = try values(instance, x, d, steps, name, &worst) { return [finding] }
                if let finding = try commits(instance, plain, x, d, steps[2], name) { return [finding] }
            }
            return .pass("values within \(short(worst)) of evaluate; commit leads to the same gradient")
        }
    }

    private static func steepest(
        _ instance: Instance, _ x: Vector, _ start: Instance.Evaluation
    ) throws(EosError) -> Vector {
        let gradient = elements(start.gradient, instance.space.type)
        guard gradient.contains(where: { $0 != 0 }) else { return try instance.direction(5) }
        let d = try instance.vector()
        instance.space.fill(d.pointer) { -gradient[$0] }
        return d
    }

    private static func value(_ instance: Instance, _ t: Double) throws(EosError) -> (eos_status, Double) {
        var value = Double.nan
        let status = instance.ops.ray_value(instance.pointer, t, &value)
        if status < 0 { throw instance.failed(status, "ray_value") }
        return (status, value)
    }

    private static func values(
        _ instance: Instance, _ x: Vector, _ d: Vector, _ steps: [Double], _ name: String, _ worst: inout Double
    ) throws(EosError) -> Finding? {
        try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
        var first: [Double] = []
        for t in steps { first.append(try value(instance, t).1) }
        for (t, before) in zip(steps, first).reversed() {
            let again = try value(instance, t).1
            if instance.isDeterministic, again.isFinite || before.isFinite, again.bitPattern != before.bitPattern {
                return .fail(
                    "from \(name) ray_value(\(t)) is \(before) and later \(again); a value must not depend on "
                        + "earlier values"
                )
            }
        }
        let point = try instance.vector()
        for (t, along) in zip(steps, first) {
            instance.space.move(x.pointer, by: t, along: d.pointer, into: point.pointer)
            let evaluation = try instance.evaluate(point.pointer)
            guard evaluation.status == EOS_OK, evaluation.value.isFinite else {
                if along.isFinite {
                    return .fail("from \(name) ray_value(\(t)) is \(along), where evaluate has no finite value")
                }
                continue
            }
            // A point that is formed is rounded, and with it the value.
            let gradient = elements(evaluation.gradient, instance.space.type)
            let slope = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let reach = instance.space.norm2(point.pointer).squareRoot() + instance.space.norm2(x.pointer).squareRoot()
            let size = max(abs(evaluation.value), abs(first[0])) * Double(8) + slope * reach
            let error = abs(along - evaluation.value) / max(abs(evaluation.value), .leastNormalMagnitude)
            guard abs(along - evaluation.value) <= 200 * instance.valueAccuracy * size + 1e-300 else {
                return .fail(
                    "from \(name) ray_value(\(short(t))) is \(along), evaluate at x + t d gives \(evaluation.value); "
                        + "they must be the same function")
            }
            worst = max(worst, error)
        }
        return nil
    }

    private static func commits(
        _ instance: Instance, _ other: Instance, _ x: Vector, _ d: Vector, _ t: Double, _ name: String
    ) throws(EosError) -> Finding? {
        let point = try instance.vector()
        instance.space.move(x.pointer, by: t, along: d.pointer, into: point.pointer)
        func committed(_ instance: Instance, trying: Bool) throws(EosError) -> Instance.Evaluation {
            try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
            if trying {
                _ = try value(instance, 2 * t)
                _ = try value(instance, t)
            }
            let id = Instance.nextID()
            try instance.require(instance.ops.ray_commit(instance.pointer, t, id), "ray_commit")
            return try instance.evaluate(point.pointer, id: id)
        }
        let plain = try other.evaluate(point.pointer)
        guard plain.status == EOS_OK else { return nil }
        let after = try committed(instance, trying: true)
        let error = distance(
            elements(after.gradient, instance.space.type), elements(plain.gradient, instance.space.type),
            floor: 1e-6 * max(abs(plain.value), .leastNormalMagnitude))
        let limit = instance.space.type == .f32 ? 1e-2 : 1e-6
        guard after.status == EOS_OK, error <= limit else {
            return .fail(
                "from \(name) the gradient after ray_commit(\(short(t))) differs by \(short(error)) of its length "
                    + "from that of "
                    + "evaluate at x + t d; evaluate the committed point")
        }
        if instance.isDeterministic, try committed(instance, trying: false).gradient != after.gradient {
            return .fail(
                "from \(name) the gradient after ray_commit has different bits if ray_value(t) was not called "
                    + "before, so a run "
                    + "that resumes there would change")
        }
        // The ray is over: evaluations elsewhere are as ever.
        let ended = try instance.evaluate(x.pointer)
        let fresh = try other.evaluate(x.pointer)
        if instance.isDeterministic, ended != fresh {
            return .fail(
                "\(name) evaluates to different bits after a ray; the ray ends with the committed evaluation")
        }
        return nil
    }
}
