import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// The gradient against differences of values.
    static var gradient: Check {
        Check("gradient", "the gradient agrees with differences of values") { subject throws(EosError) in
            try compare(subject, "gradient", "of values") { $0.title.hasPrefix("gradient") }
        }
    }

    /// Products against differences of gradients, their symmetry and linearity.
    static var curvature: Check {
        Check("curvature", "Hessian products agree with differences and are symmetric and linear") {
            subject throws(EosError) in
            let instance = try subject.make()
            guard instance.objective.hasCurvature else {
                return .skipped("the table has neither linearize nor curvature")
            }
            let compared = try compare(subject, "curvature", "of gradients") { $0.title.hasPrefix("curvature") }
            if compared.verdict == .fail { return compared }
            var findings: [Finding] = []
            for (name, x) in try instance.points().dropFirst(2) {
                guard try instance.evaluate(x.pointer).status == EOS_OK else { continue }
                findings += try symmetry(instance, x, name)
                findings += try symmetryOfParts(instance, x, name)
                findings += try linearity(instance, x, name)
                findings += try steadiness(instance, x, name)
                if findings.verdict == .fail { return findings }
            }
            return compared + findings
        }
    }

    private static func compare(
        _ subject: ObjectiveSubject, _ what: String, _ differences: String,
        _ isMeant: (DerivativeCheck.Table) -> Bool
    ) throws(EosError) -> [Finding] {
        let instance = try subject.make()
        var points = try instance.points()
        points.append(("the initial point of seed 2", try instance.initialPoint(2)))
        var findings: [Finding] = []
        var best = 0.0
        var curves: [Finding.Curve] = []
        var agreeing = 0
        let start = monotonicTime()
        for (index, (name, x)) in points.enumerated() {
            if index > 0, subject.isLate(since: start) { break }
            let there = try instance.evaluate(x.pointer)
            guard there.status == EOS_OK, there.value.isFinite,
                elements(there.gradient, instance.space.type).allSatisfy({ $0.magnitude < 1e100 })
            else { continue }
            let check = try DerivativeCheck(instance.objective, at: x.pointer, seed: UInt64(index))
            let tables = check.tables.filter(isMeant)
            for table in tables {
                let curve = Finding.Curve(
                    title: "\(table.title), at \(name)",
                    rows: table.rows.map { .init(width: $0.h, error: $0.error) })
                curves.append(curve)
                switch table.verdict {
                case .agrees:
                    agreeing += 1
                    best = max(best, table.best)
                case .inconclusive: continue
                case .contradicts:
                    findings.fail(
                        "\(table.title), at \(name), differs from the differences \(differences) by "
                            + "\(short(table.best)) at best, relative to its size; correct the wrong one",
                        curves: [curve])
                }
            }
            if !findings.isEmpty { return findings }
        }
        if agreeing == 0 {
            return .warning(
                "differences \(differences) do not converge at \(points.count) points as their width decreases, "
                    + "perhaps because of noise or kinks",
                curves: curves)
        }
        return .pass(
            "\(agreeing) of \(curves.count) directions agree to \(short(best)) or better"
                + (agreeing < curves.count ? "; in the others, differences do not converge" : ""),
            figures: [.init(name: "\(what) error", value: best, unit: nil)], curves: curves)
    }

    private static func multiply(_ instance: Instance, _ v: Vector) throws(EosError) -> [Double] {
        let out = try instance.vector()
        instance.space.fill(out.pointer) { _ in .nan }
        try instance.require(instance.ops.curvature(instance.pointer, v.pointer, out.pointer), "curvature")
        return elements(out.array, instance.space.type)
    }

    private static func limit(_ instance: Instance) -> Double { instance.space.type == .f32 ? 1e-3 : 1e-8 }

    private static func symmetry(_ instance: Instance, _ x: Vector, _ name: String) throws(EosError) -> [Finding] {
        try symmetry(instance, x, name, "H") { v throws(EosError) in try multiply(instance, v) }
    }

    /// The Hessian of a part of the samples is symmetric too, and another part is another operator.
    private static func symmetryOfParts(
        _ instance: Instance, _ x: Vector, _ name: String
    ) throws(EosError) -> [Finding] {
        guard let sampled = instance.ops.sampled_curvature else { return [] }
        try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
        let probe = try instance.vector()
        let status = sampled(instance.pointer, 0, try instance.direction(11).pointer, probe.pointer)
        if status == EOS_E_UNSUPPORTED { return [] }
        for part in [0, 1, 1_000_003] as [Int64] {
            let findings = try symmetry(instance, x, name, "part \(part) of H") { v throws(EosError) in
                let out = try instance.vector()
                instance.space.fill(out.pointer) { _ in .nan }
                try instance.require(sampled(instance.pointer, part, v.pointer, out.pointer), "sampled_curvature")
                return elements(out.array, instance.space.type)
            }
            if !findings.isEmpty { return findings }
        }
        return []
    }

    private static func symmetry(
        _ instance: Instance, _ x: Vector, _ name: String, _ operator: String,
        _ multiply: (Vector) throws(EosError) -> [Double]
    ) throws(EosError) -> [Finding] {
        try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
        let u = try instance.direction(11)
        let v = try instance.direction(12)
        let hu = try multiply(u)
        let hv = try multiply(v)
        func dot(_ a: Vector, _ b: [Double]) -> Double { b.indices.reduce(0) { $0 + a.element($1) * b[$1] } }
        let left = dot(u, hv)
        let right = dot(v, hu)
        func norm(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let size = max(norm(hu), norm(hv), .leastNormalMagnitude)
        guard abs(left - right) <= limit(instance) * size else {
            return .fail(
                "at \(name) u'Hv is \(left) and v'Hu is \(right) for random unit vectors and \(`operator`); the "
                    + "Hessian is symmetric, so make its products symmetric")
        }
        return []
    }

    private static func linearity(_ instance: Instance, _ x: Vector, _ name: String) throws(EosError) -> [Finding] {
        try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
        let u = try instance.direction(21)
        let v = try instance.direction(22)
        let sum = try instance.vector()
        instance.space.scale(u.pointer, by: -3, into: sum.pointer)
        instance.space.move(sum.pointer, by: 2, along: v.pointer, into: sum.pointer)
        let hu = try multiply(instance, u)
        let hv = try multiply(instance, v)
        let together = try multiply(instance, sum)
        let expected = zip(hu, hv).map { -3 * $0 + 2 * $1 }
        let size = (hu + hv).reduce(0) { $0 + $1 * $1 }.squareRoot()
        let error = distance(together, expected, floor: max(size, .leastNormalMagnitude))
        guard error <= limit(instance) else {
            return .fail(
                "at \(name) H(2v - 3u) differs from 2Hv - 3Hu by \(short(error)) of its length; products must be "
                    + "linear in v"
            )
        }
        return []
    }

    /// H is that of the last linearize, whatever was evaluated since.
    private static func steadiness(_ instance: Instance, _ x: Vector, _ name: String) throws(EosError) -> [Finding] {
        try instance.require(instance.ops.linearize(instance.pointer, x.pointer), "linearize")
        let v = try instance.direction(31)
        let before = try multiply(instance, v)
        let elsewhere = try instance.displaced(x, by: 0.7, seed: 32)
        _ = try instance.evaluate(elsewhere.pointer)
        let after = try multiply(instance, v)
        let error = distance(after, before)
        guard error <= limit(instance) else {
            return .fail(
                "at \(name) a product changes by \(short(error)) of its length after an evaluation elsewhere; keep "
                    + "the H of "
                    + "the x of the last linearize")
        }
        return []
    }
}
