import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// NaN and infinities among the parameters.
    static var nonfinite: Check {
        Check("nonfinite", "NaN and infinite parameters are handled") { subject throws(EosError) in
            let instance = try subject.make()
            let start = try instance.initialPoint()
            let before = try instance.evaluate(start.pointer)
            let huge = instance.space.type == .f32 ? 3e38 : 1e308
            let n = instance.count
            var quiet: [String] = []
            for (name, value, places) in [
                ("NaN in element 0", Double.nan, [0]), ("NaN in element \(n - 1)", .nan, [n - 1]),
                ("infinity in element 0", .infinity, [0]), ("all elements infinite", .infinity, Array(0..<n)),
                ("all elements -infinity", -.infinity, Array(0..<n)), ("all elements NaN", .nan, Array(0..<n)),
                ("all elements \(huge)", huge, Array(0..<n)),
            ] {
                subject.parent.note("with \(name)")
                let x = try instance.vector()
                x.copy(from: start.pointer)
                for place in places { x.set(place, value) }
                for wantsGradient in [false, true] {
                    let evaluation: Instance.Evaluation
                    do throws(EosError) { evaluation = try instance.evaluate(x.pointer, gradient: wantsGradient) } catch
                    {
                        return .fail(
                            "with \(name) evaluate fails (\(error.message)); return EOS_RECOVERABLE, so that the "
                                + "step shrinks"
                        )
                    }
                    if evaluation.status == EOS_OK, evaluation.value.isFinite, value.isNaN {
                        // Where an element means nothing at this point, the value may not depend on it.
                        if places.count == n {
                            return .fail(
                                "with \(name) the value is \(evaluation.value); return EOS_RECOVERABLE or a value "
                                    + "that is not "
                                    + "finite")
                        }
                        quiet.append("\(name): \(short(evaluation.value))")
                    }
                }
                if instance.isDeterministic, try instance.evaluate(start.pointer) != before {
                    return .fail(
                        "after an evaluation with \(name) the initial point has different bits; keep no state of the "
                            + "evaluation"
                    )
                }
            }
            if let first = quiet.first {
                return .warning(
                    "a finite value hides NaN (\(first)), so a diverged run would continue unnoticed; return "
                        + "EOS_RECOVERABLE"
                )
            }
            return .pass("no finite value if parameters are NaN, and the same bits afterwards")
        }
    }

    /// Structs of this release at the edge of memory, empty wants, ranges out of range.
    static var sizes: Check {
        Check("sizes", "struct sizes, empty wants and invalid ranges are handled") { subject throws(EosError) in
            let instance = try subject.make()
            let x = try instance.initialPoint()
            var findings: [Finding] = []

            subject.parent.note("a description at the edge of memory")
            let description = try Fenced(MemoryLayout<eos_objective_description>.size, "the description")
            description.pointer.storeBytes(of: .unknown, as: eos_objective_description.self)
            try instance.require(
                instance.ops.describe(
                    instance.pointer, description.pointer.assumingMemoryBound(to: eos_objective_description.self)),
                "describe")
            findings += overrun(description, "describe", eos_objective_description.self)

            subject.parent.note("an evaluation at the edge of memory")
            let edge = try Fenced(MemoryLayout<eos_evaluation>.size, "the evaluation")
            edge.pointer.storeBytes(of: eos_evaluation(x.pointer, gradient: nil), as: eos_evaluation.self)
            _ = instance.ops.evaluate(instance.pointer, edge.pointer.assumingMemoryBound(to: eos_evaluation.self))
            findings += overrun(edge, "evaluate", eos_evaluation.self)
            let after = edge.pointer.load(as: eos_evaluation.self)
            if after.struct_size != UInt32(MemoryLayout<eos_evaluation>.size) || after.x != UnsafeRawPointer(x.pointer)
            {
                findings.fail(
                    "evaluate changes struct_size or x of the evaluation; write only value, weight and the gradient")
            }

            subject.parent.note("an evaluation that wants nothing")
            var empty = eos_evaluation(x.pointer, gradient: nil, want: 0)
            let status = instance.ops.evaluate(instance.pointer, &empty)
            if status > 1 {
                findings.fail("evaluate returns \(status) if nothing is wanted; return a status of at most 1")
            }

            findings += try ranges(subject, instance, x)
            return findings.orPass("structs of this release, empty wants and invalid ranges")
        }
    }

    private static func overrun<Struct>(_ memory: Fenced, _ function: String, _ type: Struct.Type) -> [Finding] {
        guard let breach = memory.breach(by: function) else { return [] }
        return .fail("\(breach); access a field only if struct_size covers it")
    }

    /// Shards that there are not.
    private static func ranges(
        _ subject: ObjectiveSubject, _ instance: Instance, _ x: Vector
    ) throws(EosError) -> [Finding] {
        let count = instance.description.shard_count
        guard let evaluate = instance.ops.evaluate_shards, count > 1 else { return [] }
        let gradient = try instance.vector()
        for (first, size): (Int64, Int64) in [(-1, 1), (0, count + 1), (count, 1), (0, -1), (1, .max)] {
            subject.parent.note("shards \(first)..<\(first) + \(size)")
            var call = eos_evaluation(x.pointer, gradient: gradient.pointer)
            call.shard_first = first
            call.shard_count = size
            if evaluate(instance.pointer, &call) >= 0 {
                return .fail(
                    "evaluate_shards takes shard_first \(first), shard_count \(size), but there are \(count) shards; "
                        + "return EOS_E_INVALID"
                )
            }
        }
        return []
    }

    /// Vectors between a pattern and a fence.
    static var memory: Check {
        Check("memory", "no read and no write past the end of a vector") { subject throws(EosError) in
            let instance = try subject.make()
            let ops = instance.ops
            let size = instance.space.bytes
            let x = try Fenced(size, "x")
            let gradient = try Fenced(size, "the gradient")
            let out = try Fenced(size, "the product")
            let direction = try Fenced(size, "the direction")
            let unit = try instance.direction(3)
            direction.fill(from: unit.pointer)
            var findings: [Finding] = []
            func look(_ function: String, _ memory: [Fenced]) {
                for memory in memory where findings.isEmpty {
                    guard let breach = memory.breach(by: function) else { continue }
                    let n =
                        memory.size == size
                        ? "; a vector has only \(counted(instance.count, "element"))" : ""
                    findings.fail(breach + n)
                }
            }
            func ignore(_ status: eos_status) {}

            ignore(ops.initial_point(instance.pointer, 0, x.pointer))
            look("initial_point", [x])
            let point = x.bytes
            for into in [gradient.pointer, nil] {
                var call = eos_evaluation(x.pointer, gradient: into)
                ignore(ops.evaluate(instance.pointer, &call))
                look("evaluate", [x, gradient])
            }
            if let linearize = ops.linearize, let curvature = ops.curvature {
                ignore(linearize(instance.pointer, x.pointer))
                look("linearize", [x])
                ignore(curvature(instance.pointer, direction.pointer, out.pointer))
                look("curvature", [x, direction, out])
                if let sampled = ops.sampled_curvature {
                    ignore(sampled(instance.pointer, 0, direction.pointer, out.pointer))
                    look("sampled_curvature", [x, direction, out])
                }
            }
            if instance.objective.hasRay {
                ignore(ops.ray_begin(instance.pointer, x.pointer, direction.pointer))
                let value = try Fenced(8, "the value")
                ignore(ops.ray_value(instance.pointer, 1e-3, value.pointer.assumingMemoryBound(to: Double.self)))
                look("ray_value", [x, direction, value])
                let id = Instance.nextID()
                let next = try Fenced(size, "x")
                instance.space.move(x.pointer, by: 1e-3, along: direction.pointer, into: next.pointer)
                ignore(ops.ray_commit(instance.pointer, 1e-3, id))
                var call = eos_evaluation(next.pointer, gradient: gradient.pointer)
                call.evaluation = id
                ignore(ops.evaluate(instance.pointer, &call))
                look("ray_commit", [x, direction, next, gradient])
            }
            if let shards = ops.evaluate_shards, instance.description.shard_count > 1 {
                var call = eos_evaluation(x.pointer, gradient: gradient.pointer)
                call.shard_count = instance.description.shard_count
                ignore(shards(instance.pointer, &call))
                look("evaluate_shards", [x, gradient])
            }
            if let measure = ops.measure, !instance.objective.metrics.isEmpty {
                let values = try Fenced(8 * instance.objective.metrics.count, "the metrics' values")
                ignore(measure(instance.pointer, x.pointer, values.pointer.assumingMemoryBound(to: Double.self)))
                look("measure", [x, values])
            }
            if findings.isEmpty, x.bytes != point { findings.fail("x has changed; do not write to it") }
            return findings.orPass("vectors of \(size) bytes between fences")
        }
    }
}
