import CEos
import EosCore

/// A function in closed form behind a C table, which counts what it is asked.
final class Problem: @unchecked Sendable {
    // Unchecked: used on one thread at a time, as objectives are.
    let type: ElementType
    let start: [Double]
    let value: ([Double]) -> Double
    let gradient: ([Double]) -> [Double]
    let product: (([Double], [Double]) -> [Double])?
    /// H(x) v of a part of the samples; nil where there are too few of them. Without: the table has no such function.
    var sampledProduct: ((Int, [Double], [Double]) -> [Double]?)?
    /// The parts that were asked for, one an answer.
    private(set) var parts: [Int] = []
    var flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE)
    var lowerBound = 0.0
    var sharpnessBound = Double.nan
    /// Answers `EOS_RECOVERABLE` where the value is not finite, instead of that value.
    var saysRecoverable = false
    /// Called at the end of every call of the table; its status replaces `EOS_OK`.
    var interruption: (() -> eos_status)?

    /// How often the value and the gradient were asked for at a point.
    private(set) var valueCounts: [[UInt64]: Int] = [:]
    private(set) var gradientCounts: [[UInt64]: Int] = [:]
    var linearizations = 0

    // What a ray keeps: its start, its direction, and the point that was committed with its id.
    var ray: (x: [Double], d: [Double])?
    var committed: (point: [Double], evaluation: Int64)?
    private var linearized: [Double] = []

    init(
        _ type: ElementType = .f64, start: [Double], value: @escaping ([Double]) -> Double,
        gradient: @escaping ([Double]) -> [Double], product: (([Double], [Double]) -> [Double])? = nil
    ) {
        self.type = type
        self.start = start
        self.value = value
        self.gradient = gradient
        self.product = product
    }

    var space: HostSpace { HostSpace(type, count: start.count) }

    var description: eos_objective_description {
        var description = eos_objective_description.unknown
        description.dtype = type.rawValue
        description.dimension = Int64(start.count)
        description.flags = flags
        description.value_lower_bound = lowerBound
        description.sharpness_lower_bound = sharpnessBound
        return description
    }

    func read(_ pointer: UnsafeRawPointer) -> [Double] {
        switch type {
        case .f64: Array(UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Double.self), count: start.count))
        case .f32:
            UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Float.self), count: start.count).map(Double.init)
        }
    }

    func write(_ numbers: [Double], to pointer: UnsafeMutableRawPointer) {
        switch type {
        case .f64:
            for (i, x) in numbers.enumerated() { pointer.storeBytes(of: x, toByteOffset: 8 * i, as: Double.self) }
        case .f32:
            for (i, x) in numbers.enumerated() {
                pointer.storeBytes(of: Float(x), toByteOffset: 4 * i, as: Float.self)
            }
        }
    }

    /// As the table's evaluate.
    func evaluate(_ want: UInt32, _ x: [Double], gradient out: UnsafeMutableRawPointer?) -> (eos_status, Double) {
        let key = x.map(\.bitPattern)
        var result = Double.nan
        var status = eos_status(EOS_OK)
        if want & UInt32(EOS_WANT_VALUE) != 0 {
            valueCounts[key, default: 0] += 1
            result = value(x)
            if saysRecoverable, !result.isFinite { status = eos_status(EOS_RECOVERABLE) }
        }
        if want & UInt32(EOS_WANT_GRADIENT) != 0, let out {
            gradientCounts[key, default: 0] += 1
            write(gradient(x), to: out)
        }
        return (status, result)
    }

    func linearize(_ x: UnsafeRawPointer) {
        linearizations += 1
        linearized = read(x)
    }

    func multiply(_ v: UnsafeRawPointer, into out: UnsafeMutableRawPointer) {
        write(product!(linearized, read(v)), to: out)
    }

    func multiply(part: Int, _ v: UnsafeRawPointer, into out: UnsafeMutableRawPointer) -> eos_status {
        parts.append(part)
        guard let result = sampledProduct!(part, linearized, read(v)) else { return eos_status(EOS_E_UNSUPPORTED) }
        write(result, to: out)
        return eos_status(EOS_OK)
    }

    /// The point at t of the ray, by a fused multiply-add: other bits than those of a point that the host forms.
    func rayPoint(_ t: Double) -> [Double] {
        zip(ray!.x, ray!.d).map { $0.addingProduct(t, $1) }
    }

    /// The objective over this table, which keeps the problem.
    func objective(curvature: Bool = true, ray: Bool = false) throws(EosError) -> any Objective {
        var ops = problemTable(curvature: curvature && product != nil, ray: ray)
        if sampledProduct != nil {
            ops.sampled_curvature = { instance, part, v, out in
                let problem = problem(instance)
                return problem.done(problem.multiply(part: Int(part), v!, into: out!))
            }
        }
        return try TableObjective(ops: &ops, instance: Unmanaged.passRetained(self).toOpaque())
    }

    /// Another one of the same function, with nothing counted.
    func copy() -> Problem {
        let copy = Problem(type, start: start, value: value, gradient: gradient, product: product)
        copy.sampledProduct = sampledProduct
        copy.flags = flags
        copy.lowerBound = lowerBound
        copy.sharpnessBound = sharpnessBound
        copy.saysRecoverable = saysRecoverable
        return copy
    }

    fileprivate func done(_ status: eos_status) -> eos_status {
        guard let interruption else { return status }
        let other = interruption()
        return other == EOS_OK ? status : other
    }
}

private func problem(_ instance: UnsafeMutableRawPointer?) -> Problem {
    Unmanaged<Problem>.fromOpaque(instance!).takeUnretainedValue()
}

private func problemTable(curvature: Bool, ray: Bool) -> eos_objective_ops {
    var ops = eos_objective_ops()
    ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
    ops.destroy = { Unmanaged<Problem>.fromOpaque($0!).release() }
    ops.describe = { instance, out in
        out!.pointee = problem(instance).description
        return eos_status(EOS_OK)
    }
    ops.initial_point = { instance, seed, x in
        problem(instance).write(problem(instance).start, to: x!)
        return eos_status(EOS_OK)
    }
    ops.evaluate = { instance, call in
        let problem = problem(instance)
        var x = problem.read(call!.pointee.x)
        // The pass that a committed ray kept.
        if let kept = problem.committed, kept.evaluation == call!.pointee.evaluation { x = kept.point }
        let (status, value) = problem.evaluate(call!.pointee.want, x, gradient: call!.pointee.gradient)
        call!.pointee.value = value
        return problem.done(status)
    }
    if curvature {
        ops.linearize = { instance, x in
            problem(instance).linearize(x!)
            return eos_status(EOS_OK)
        }
        ops.curvature = { instance, v, out in
            problem(instance).multiply(v!, into: out!)
            return problem(instance).done(eos_status(EOS_OK))
        }
    }
    if ray { addRay(&ops) }
    return ops
}

private func addRay(_ ops: inout eos_objective_ops) {
    ops.ray_begin = { instance, x, d in
        let problem = problem(instance)
        problem.ray = (problem.read(x!), problem.read(d!))
        problem.committed = nil
        return eos_status(EOS_OK)
    }
    ops.ray_value = { instance, t, value in
        let problem = problem(instance)
        guard problem.ray != nil else { return eos_status(EOS_E_STATE) }
        let (status, result) = problem.evaluate(UInt32(EOS_WANT_VALUE), problem.rayPoint(t), gradient: nil)
        value!.pointee = result
        return problem.done(status)
    }
    ops.ray_commit = { instance, t, evaluation in
        let problem = problem(instance)
        guard problem.ray != nil else { return eos_status(EOS_E_STATE) }
        problem.committed = (problem.rayPoint(t), evaluation)
        // The ray ends with it.
        problem.ray = nil
        return eos_status(EOS_OK)
    }
}

/// <a, b>.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
