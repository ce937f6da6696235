import CCounting
import CEos
import Testing

/// Evaluations take nothing from the heap, whatever is converted on the way.
@Suite(.enabled(if: eos_allocations() >= 0, "a sanitizer has its own heap"))
struct EvaluationCostTests {
    @Test(arguments: ["f64", "f32"]) func evaluationsDoNotAllocate(_ dtype: String) throws {
        let library = try ObjectiveLab.c.get()
        for text in [ObjectiveTests.rosen, Self.stored, Self.differences] {
            let objective = try ObjectiveLab(library, text, "dtype=\(dtype)").objective
            var memory = [Double](repeating: 0.5, count: 8)
            try memory.withUnsafeMutableBytes { bytes in
                if dtype == "f32" {
                    for offset in stride(from: 0, to: 64, by: 4) {
                        bytes.storeBytes(of: 0.5, toByteOffset: offset, as: Float.self)
                    }
                }
                let (x, g) = (bytes.baseAddress!, bytes.baseAddress! + 32)
                var failures = 0
                // What is set up once is set up by then.
                for _ in 0..<2 { _ = try objective.evaluate(at: x, gradient: g) }
                let before = eos_allocations()
                for _ in 0..<10_000 {
                    var value = 0.0
                    let alone = objective.evaluate(
                        at: x, want: UInt32(EOS_WANT_VALUE), gradient: nil, evaluation: 1, value: &value)
                    let both = objective.evaluate(
                        at: x, want: UInt32(EOS_WANT_VALUE | EOS_WANT_GRADIENT), gradient: g, evaluation: 1,
                        value: &value)
                    if alone != 0 || both != 0 { failures += 1 }
                }
                let taken = eos_allocations() - before
                #expect(taken == 0)
                #expect(failures == 0)
            }
        }
    }

    private static let stored = """
        [[objective]]
        id = "org.example.stored"
        dimension = 2
        start = 0
        [objective.value]
        function = "int stored(double *x, int16_t n, double *value)"
        arguments = { x = "point", n = "dimension", value = "value" }
        returns = "status"
        [objective.gradient]
        function = "void stored_gradient(const double *x, short n, double *g)"
        arguments = { x = "point", n = "dimension", g = "gradient" }
        """

    private static let differences = """
        [[objective]]
        id = "org.example.differences"
        dimension = 1
        start = 1
        gradient = "differences"
        [objective.value]
        function = "double barrier(double x)"
        arguments = { x = "point" }
        returns = "value"
        """
}
