import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    static var manners: Check {
        Check("manners", "the state of the process does not change") { subject throws(EosError) in
            try Life.manners(subject.parent, "objective") { () throws(EosError) in try use(subject) }
        }
    }

    static var leaks: Check {
        Check("leaks", "memory does not grow over up to 1000 objects and calls") { subject throws(EosError) in
            try Life.leaks(
                subject.parent, "objective", cycle: { () throws(EosError) in try use(subject) },
                touch: { () throws(EosError) in
                    let instance = try subject.make()
                    let x = try instance.initialPoint()
                    let gradient = try instance.vector()
                    return { () throws(EosError) in
                        var call = eos_evaluation(x.pointer, gradient: gradient.pointer)
                        _ = instance.ops.evaluate(instance.pointer, &call)
                    }
                })
        }
    }

    /// Makes one, calls what it can do and destroys it.
    private static func use(_ subject: ObjectiveSubject) throws(EosError) {
        let instance = try subject.make()
        let x = try instance.initialPoint()
        let out = try instance.vector()
        _ = try instance.objective.evaluate(at: x.pointer, gradient: out.pointer)
        if instance.objective.hasCurvature {
            try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
            let v = try instance.direction(1)
            try instance.require(instance.ops.curvature(instance.pointer, v.pointer, out.pointer), "curvature")
        }
        if instance.objective.hasRay {
            var value = 0.0
            let d = try instance.direction(2)
            try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
            _ = instance.ops.ray_value(instance.pointer, 0.1, &value)
        }
        _ = try instance.objective.measure(x.pointer)
    }

    /// What calls cost, for the reader.
    static var cost: Check {
        Check("cost", "cost of each call") { subject throws(EosError) in
            let instance = try subject.make()
            let x = try instance.initialPoint()
            let out = try instance.vector()
            let share = 0.02 * subject.limit
            func evaluate(_ gradient: UnsafeMutableRawPointer?) throws(EosError) -> Double {
                try Life.median(share) {
                    var call = eos_evaluation(x.pointer, gradient: gradient)
                    _ = instance.ops.evaluate(instance.pointer, &call)
                }
            }
            let value = try evaluate(nil)
            let both = try evaluate(out.pointer)
            var figures: [Finding.Figure] = [
                .init(name: "value", value: value, unit: "ns"),
                .init(name: "value and gradient", value: both, unit: "ns"),
                .init(name: "value and gradient / value", value: both / value, unit: nil),
            ]
            var text = "value \(time(value)), with gradient \(short(both / value)) times that"
            if instance.objective.hasRay {
                let d = try instance.direction(2)
                try instance.require(instance.ops.ray_begin(instance.pointer, x.pointer, d.pointer), "ray_begin")
                var result = 0.0
                let trial = try Life.median(share) { _ = instance.ops.ray_value(instance.pointer, 0.1, &result) }
                figures += [
                    .init(name: "ray value", value: trial, unit: "ns"),
                    .init(name: "ray value / value", value: trial / value, unit: nil),
                ]
                text += "; ray value \(short(trial / value)) values"
            }
            if instance.objective.hasCurvature {
                try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
                let v = try instance.direction(1)
                let product = try Life.median(share) {
                    _ = instance.ops.curvature(instance.pointer, v.pointer, out.pointer)
                }
                figures += [
                    .init(name: "product", value: product, unit: "ns"),
                    .init(name: "product / gradient", value: product / both, unit: nil),
                ]
                text += "; product \(short(product / both)) gradients"
            }
            return .pass(text, figures: figures)
        }
    }

    /// The end of one object is nobody else's.
    static var destroy: Check {
        Check("destroy", "destroy works in either order and with NULL") { subject throws(EosError) in
            let alone = try subject.make()
            let x = try alone.initialPoint()
            let expected = try alone.evaluate(x.pointer)
            for order in [[0, 1], [1, 0]] {
                subject.parent.note("destroying two instances, number \(order[0]) first")
                var instances: [Instance?] = [try subject.make(), try subject.make()]
                _ = try instances[0]!.evaluate(x.pointer)
                _ = try instances[1]!.evaluate(x.pointer)
                instances[order[0]] = nil
                let later = try instances[order[1]]!.evaluate(x.pointer)
                if alone.isDeterministic, later != expected {
                    return .fail(
                        "an instance evaluates to different bits after another is destroyed; give each its own memory")
                }
            }
            subject.parent.note("destroying NULL")
            alone.ops.destroy?(nil)
            subject.parent.note("destroying an instance that was never used")
            _ = try subject.make()
            return .pass("two instances in either order, one that was never used, NULL")
        }
    }
}
