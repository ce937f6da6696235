import CFFI
import CFFIBenchmark
import EosFFI

/// From Swift to C, as an objective is evaluated.
final class ForwardCalls {
    private let value: ForeignCall
    private let reference: ForeignCall
    private let memory = UnsafeMutablePointer<Double>.allocate(capacity: 5)
    private let n = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    init(_ types: TypeTable) throws {
        let bowlFunction: @convention(c) (Int32, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?) -> Double = bowl
        let referenceFunction:
            @convention(c) (
                UnsafePointer<Int32>?, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?,
                UnsafeMutablePointer<Double>?
            ) -> Void = bowl_by_reference
        value = ForeignCall(
            unsafeBitCast(bowlFunction, to: UnsafeRawPointer.self),
            try CallInterface(
                try SignatureParser.function("double bowl(int n, const double *x, double *gradient)"), types))
        reference = ForeignCall(
            unsafeBitCast(referenceFunction, to: UnsafeRawPointer.self),
            try CallInterface(
                try SignatureParser.function(
                    "void bowl(const int *n, const double *x, double *value, double *gradient)"),
                types))
        memory.initialize(repeating: 0, count: 5)
        n.initialize(to: 2)
        reference.set(0, UnsafeMutableRawPointer(n))
        reference.set(1, UnsafeMutableRawPointer(memory))
        reference.set(2, UnsafeMutableRawPointer(memory + 4))
        reference.set(3, UnsafeMutableRawPointer(memory + 2))
    }

    func timeValue(_ calls: Int64) -> Double {
        value.set(0, Int32(2))
        value.set(1, UnsafeMutableRawPointer(memory))
        value.set(2, UnsafeMutableRawPointer(memory + 2))
        memory[0] = 0
        let start = now()
        for _ in 0..<calls {
            value.invoke()
            memory[0] = value.result(as: Double.self) * 0.1
        }
        return (now() - start) / Double(calls)
    }

    /// What changes from call to call, and what does not, is given anew.
    func timeSettingAll(_ calls: Int64) -> Double {
        memory[0] = 0
        let start = now()
        for _ in 0..<calls {
            value.set(0, Int32(2))
            value.set(1, UnsafeMutableRawPointer(memory))
            value.set(2, UnsafeMutableRawPointer(memory + 2))
            value.invoke()
            memory[0] = value.result(as: Double.self) * 0.1
        }
        return (now() - start) / Double(calls)
    }

    func timeReference(_ calls: Int64) -> Double {
        memory[0] = 0
        let start = now()
        for _ in 0..<calls {
            reference.invoke()
            memory[0] = memory[4] * 0.1
        }
        return (now() - start) / Double(calls)
    }
}

/// From C to Swift, as a line search asks for values.
final class BackwardCalls {
    /// What stands for the ray of a run.
    final class Ray {
        var calls = 0
        func value(_ t: Double) -> Double {
            calls &+= 1
            return t * t
        }
    }

    private let ray = Ray()
    private let closure: Closure

    init(_ types: TypeTable) throws {
        let interface = try CallInterface(try SignatureParser.function("double phi(double t)"), types)
        closure = try Closure(interface, context: Unmanaged.passUnretained(ray).toOpaque()) {
            @Sendable _, result, arguments, context in
            let call = Closure.Call(result, arguments, context)
            Unmanaged<Ray>.fromOpaque(call.context)._withUnsafeGuaranteedRef { ray in
                call.giveBack(ray.value(call.argument(0)))
            }
        }
    }

    func time(_ calls: Int64) -> Double { search(unsafeBitCast(closure.function, to: phi_function.self), calls) }
}
