import CElementary
import Glibc
import Testing

/// The functions that mlp computes without the C library, against wider types.
@Suite struct ElementaryFunctionTests {
    /// Every ten thousandth float or so, by bit pattern: all sizes are among them.
    private func forFloats(below limit: Float, _ body: (Float) -> Void) {
        for bits in stride(from: Float.leastNormalMagnitude.bitPattern, to: limit.bitPattern, by: 10_007) {
            body(Float(bitPattern: bits))
            body(-Float(bitPattern: bits))
        }
    }

    @Test func inSinglePrecisionErrorsAreBelowTwoUnitsInTheLastPlace() {
        var (tangent, exponential) = (0.0, 0.0)
        forFloats(below: 40) { x in
            let t = tanh(Double(x))
            tangent = max(tangent, abs(Double(hyperbolic_tangentf(x)) - t) / Double(Float(t).ulp))
            let e = expm1(Double(x))
            exponential = max(exponential, abs(Double(exponential_minus_1f(x)) - e) / Double(Float(e).ulp))
        }
        #expect(tangent < 1.5)
        #expect(exponential < 1.8)
        #expect(hyperbolic_tangentf(.nan).isNaN && exponential_minus_1f(.nan).isNaN)
        #expect(hyperbolic_tangentf(.infinity) == 1 && hyperbolic_tangentf(-.infinity) == -1)
    }

    @Test func inDoublePrecisionErrorsAreBelow4e16() {
        var (tangent, exponential) = (0.0, 0.0)
        var x = 1e-300
        while x < 40 {
            for x in [x, -x] {
                let (t, e) = (tanh(Float80(x)), expm1(Float80(x)))
                tangent = max(tangent, Double(abs((Float80(hyperbolic_tangent(x)) - t) / t)))
                exponential = max(exponential, Double(abs((Float80(exponential_minus_1(x)) - e) / e)))
            }
            x *= x < 1e-3 ? 1.1 : 1.0003
        }
        #expect(tangent < 4e-16)
        #expect(exponential < 4e-16)
    }
}
