import CEos
import EosCore
import Glibc

/// Functions whose every derivative is known: what policies are tried on.
struct ClosedForm: Sendable {
    let name: String
    let start: [Double]
    /// NaN or infinite outside of its domain; the gradient is written where there is one.
    let value: @Sendable ([Double], inout [Double]) -> Double
    let sharpnessBound: Double
    let hasBarrier: Bool

    static let quadratic = bowl(condition: 10)
    static let narrow = bowl(condition: 1e4)

    /// 1/2 sum lambda_i x_i^2, lambda from 1 down to 1 / condition.
    private static func bowl(condition: Double) -> ClosedForm {
        let eigenvalues = (0..<6).map { pow(condition, -Double($0) / 5) }
        return ClosedForm(
            name: "a quadratic of condition \(Int(condition))", start: [1, -1, 1, -1, 1, -1],
            value: { x, gradient in
                var value = 0.0
                for i in x.indices {
                    gradient[i] = eigenvalues[i] * x[i]
                    value += gradient[i] * x[i] / 2
                }
                return value
            }, sharpnessBound: 1, hasBarrier: false)
    }

    static let rosenbrock = ClosedForm(
        name: "the Rosenbrock function", start: [-1.2, 1],
        value: { x, gradient in
            let across = x[1] - x[0] * x[0]
            let along = 1 - x[0]
            gradient = [-400 * across * x[0] - 2 * along, 200 * across]
            return 100 * across * across + along * along
        }, sharpnessBound: .nan, hasBarrier: false)

    /// sum -log(1 - x_i^2) + x_i^2: there is no value from 1 on.
    static let barrier = ClosedForm(
        name: "a bowl with walls beyond which there is no value", start: [0.9, -0.95, 0.2],
        value: { x, gradient in
            var value = 0.0
            for i in x.indices {
                let room = 1 - x[i] * x[i]
                if room <= 0 { return .nan }
                value += x[i] * x[i] - log(room)
                gradient[i] = 2 * x[i] + 2 * x[i] / room
            }
            return value
        }, sharpnessBound: 4, hasBarrier: true)

    /// Its Hessian has no positive eigenvalue along the way: straight down, then flat.
    static let slope = ClosedForm(
        name: "a slope that becomes flat", start: [3, 3],
        value: { x, gradient in
            for i in x.indices { gradient[i] = tanh(x[i]) }
            return x.reduce(0) { $0 + log(cosh($1)) }
        }, sharpnessBound: .nan, hasBarrier: false)

    static let all = [quadratic, narrow, rosenbrock, slope]

    /// As an objective behind a table, like any other.
    func objective() throws(EosError) -> any Objective {
        let box = Unmanaged.passRetained(Box(self))
        return try withUnsafePointer(to: Self.ops) { ops throws(EosError) in
            try TableObjective(ops: ops, instance: box.toOpaque())
        }
    }

    private final class Box {
        let form: ClosedForm
        init(_ form: ClosedForm) { self.form = form }
        static func of(_ pointer: UnsafeMutableRawPointer?) -> ClosedForm {
            Unmanaged<Box>.fromOpaque(pointer!).takeUnretainedValue().form
        }
    }

    private static var ops: eos_objective_ops {
        var ops = sized(eos_objective_ops())
        ops.destroy = { box in if let box { Unmanaged<Box>.fromOpaque(box).release() } }
        ops.describe = { box, out in
            let form = Box.of(box)
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = Int64(form.start.count)
            out!.pointee.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE)
            out!.pointee.value_lower_bound = 0
            out!.pointee.sharpness_lower_bound = form.sharpnessBound
            return eos_status(EOS_OK)
        }
        ops.initial_point = { box, _, x in
            for (i, value) in Box.of(box).start.enumerated() { x!.assumingMemoryBound(to: Double.self)[i] = value }
            return eos_status(EOS_OK)
        }
        ops.evaluate = { box, call in
            let form = Box.of(box)
            let n = form.start.count
            let x = [Double](UnsafeBufferPointer(start: call!.pointee.x.assumingMemoryBound(to: Double.self), count: n))
            var gradient = [Double](repeating: .nan, count: n)
            call!.pointee.value = form.value(x, &gradient)
            guard call!.pointee.value.isFinite else { return eos_status(EOS_RECOVERABLE) }
            if let out = call!.pointee.gradient?.assumingMemoryBound(to: Double.self) {
                for i in 0..<n { out[i] = gradient[i] }
            }
            return eos_status(EOS_OK)
        }
        return ops
    }
}
