import CEos
import EosCore

/// What counts its calls and changes its mind is rarely more patient.
private let manyEvaluations = 128
/// At one point: two by each of two instances.
private let fewestEvaluations = 4.0

extension Check where Subject == ObjectiveSubject {
    /// The same point gives the same bits: again, later, and from another instance.
    static var determinism: Check {
        Check("determinism", "the same seed and point give the same bits") { subject throws(EosError) in
            let first = try subject.make()
            let second = try subject.make()
            let remedy =
                first.isDeterministic
                ? "; initialise all memory, keep no state between evaluations, or remove EOS_OBJECTIVE_DETERMINISTIC"
                : ""
            func found(_ what: String) -> [Finding] {
                subject.isSteady = false
                if first.isDeterministic { return .fail(what + remedy) }
                return .pass("\(what), which is allowed without EOS_OBJECTIVE_DETERMINISTIC")
            }
            for seed: UInt64 in [0, 7] {
                let x = try first.initialPoint(seed)
                let again = try first.initialPoint(seed)
                let other = try second.initialPoint(seed)
                guard x.array == again.array, x.array == other.array else {
                    return .fail(
                        "the initial point of seed \(seed) differs between calls; let it depend only on the seed"
                    )
                }
            }
            // As many points, and as many repetitions, as there is time for: half of it is for what follows.
            let start = monotonicTime()
            let points = try first.points()
            var kept: [Instance.Evaluation] = []
            for (name, x) in points {
                if !kept.isEmpty, monotonicTime() - start > subject.limit / 8 { break }
                let before = monotonicTime()
                let evaluation = try first.evaluate(x.pointer)
                let seconds = monotonicTime() - before
                if kept.isEmpty, fewestEvaluations * seconds > subject.limit / 2 {
                    return .skipped(
                        "an evaluation takes \(short(seconds)) s, too long to repeat it within "
                            + "\(short(subject.limit)) s; "
                            + "raise --timeout")
                }
                if try first.evaluate(x.pointer) != evaluation {
                    return found("an evaluation at \(name) gives different bits when repeated")
                }
                kept.append(evaluation)
            }
            // In another order, by an instance that has seen nothing else.
            for ((name, x), evaluation) in zip(points, kept).reversed() {
                if try second.evaluate(x.pointer) != evaluation {
                    return found(
                        "a second instance gives different bits at \(name) (\(try differences(second, x, evaluation)))")
                }
                if try first.evaluate(x.pointer) != evaluation {
                    return found("an evaluation at \(name) gives different bits after evaluations elsewhere")
                }
            }
            var repetitions = 0
            if let (name, x) = points.first, let evaluation = kept.first {
                for count in 1...manyEvaluations {
                    if subject.isLate(since: start) { break }
                    repetitions = count
                    let later = try first.evaluate(x.pointer)
                    if evaluation.status == EOS_OK, later.status != EOS_OK || !later.value.isFinite {
                        return .fail(
                            "after \(count) more evaluations there is no value at \(name), where it was "
                                + "\(evaluation.value)"
                        )
                    }
                    guard later == evaluation else {
                        return found(
                            "an evaluation at \(name) gives different bits after \(count) more "
                                + "(\(try differences(first, x, evaluation)))")
                    }
                }
            }
            let places = "the same bits at \(counted(kept.count, "point"))"
            let rest =
                repetitions == manyEvaluations
                ? ""
                : "; the time allowed only \(repetitions) of \(manyEvaluations) more evaluations; raise --timeout "
                    + "for more"
            guard first.isDeterministic else {
                return .pass("\(places), although EOS_OBJECTIVE_DETERMINISTIC is not set\(rest)")
            }
            return .pass("\(places), repeated and from two instances\(rest)")
        }
    }

    private static func differences(
        _ instance: Instance, _ x: Vector, _ before: Instance.Evaluation
    ) throws(EosError) -> String {
        let now = try instance.evaluate(x.pointer)
        if now.value.bitPattern != before.value.bitPattern { return "value \(now.value), before \(before.value)" }
        return "the gradient"
    }

    /// The value alone, and work kept under an evaluation id.
    static var valueOnly: Check {
        Check("value-only", "the value alone equals the value with the gradient") { subject throws(EosError) in
            let instance = try subject.make()
            var worst = 0.0
            for (name, x) in try instance.points() {
                let before = x.array
                let whole = try instance.evaluate(x.pointer)
                let alone = try instance.evaluate(x.pointer, gradient: false)
                guard whole.status == alone.status else {
                    return .fail(
                        "at \(name) evaluate returns \(alone.status) for the value alone and \(whole.status) with "
                            + "the gradient"
                    )
                }
                guard whole.status == EOS_OK else { continue }
                let error = abs(alone.value - whole.value) / max(abs(whole.value), .leastNormalMagnitude)
                worst = max(worst, error)
                if error > 100 * instance.valueAccuracy {
                    return .fail(
                        "at \(name) the value alone is \(alone.value), with the gradient \(whole.value); both must "
                            + "be f(x), because a "
                            + "line search compares them")
                }
                // A trial that is accepted: the gradient under the id of the value.
                let id = Instance.nextID()
                _ = try instance.evaluate(x.pointer, gradient: false, id: id)
                let later = try instance.evaluate(x.pointer, id: id)
                if instance.isDeterministic, later.gradient != whole.gradient {
                    return .fail(
                        "at \(name) the gradient has different bits after the value was evaluated under the same id; "
                            + "keep what would be computed"
                    )
                }
                if let finding = try gradientAlone(instance, x, whole, name) { return [finding] }
                if x.array != before { return .fail("evaluate changes x; do not write to it") }
            }
            return .pass(worst == 0 ? "the same bits" : "within \(short(worst)) of each other")
        }
    }

    private static func gradientAlone(
        _ instance: Instance, _ x: Vector, _ whole: Instance.Evaluation, _ name: String
    ) throws(EosError) -> Finding? {
        let gradient = try instance.vector()
        instance.space.fill(gradient.pointer) { _ in .nan }
        var value = Double.nan
        let status = instance.objective.evaluate(
            at: x.pointer, want: UInt32(EOS_WANT_GRADIENT), gradient: gradient.pointer, evaluation: Instance.nextID(),
            value: &value)
        if status < 0 { throw instance.failed(status, "evaluate") }
        let error = distance(
            elements(gradient.array, instance.space.type), elements(whole.gradient, instance.space.type))
        guard error <= 1000 * instance.space.type.epsilon || whole.gradient == gradient.array else {
            return .fail(
                "at \(name) the gradient alone (EOS_WANT_GRADIENT) differs from that with the value by "
                    + "\(short(error)) of its length"
            )
        }
        return nil
    }
}
