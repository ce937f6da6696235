import CEos
import Glibc
import TestSupport
import Testing

/// Libraries that know nothing of eos, each by its manifest, against closed forms.
@Suite struct ObjectiveTests {
    @Test func oneDimensionOfLibmWithAGradientElsewhere() throws {
        let lab = try ObjectiveLab(
            "libm.so.6",
            """
            [[objective]]
            id = "org.example.cosh"
            dimension = 1
            start = 2
            value_lower_bound = 1
            [objective.value]
            function = "double cosh(double)"
            arguments = { arg1 = "point" }
            returns = "value"
            [objective.gradient]
            function = "double sinh(double x)"
            arguments = { x = "point" }
            returns = "gradient"
            """)
        #expect(try lab.start() == [2])
        let there = try lab.evaluate([0.7])
        #expect(there.status == 0 && there.value == cosh(0.7) && there.gradient == [sinh(0.7)])
        #expect(try lab.evaluate([0.7], value: false).gradient == [sinh(0.7)])
        #expect(try lab.evaluate([800]).status == eos_status(EOS_RECOVERABLE))
        #expect(lab.objective.description.value_lower_bound == 1)
        #expect(abs(try lab.train() - 1) < 1e-9)
    }

    @Test func twoNumbersOfLibmByDifferences() throws {
        let lab = try ObjectiveLab(
            "libm.so.6",
            """
            [[objective]]
            id = "org.example.hypot"
            dimension = 2
            start = [3, 4]
            gradient = "differences"
            [objective.value]
            function = "double hypot(double x, double y)"
            arguments = { x = { point = 0 }, y = { point = 1 } }
            returns = "value"
            """)
        let there = try lab.evaluate([3, 4])
        #expect(there.value == 5 && agree(there.gradient, [0.6, 0.8], 1e-9))
        let single = try ObjectiveLab(
            "libm.so.6",
            """
            [[objective]]
            id = "org.example.hypotf"
            dimension = 2
            start = [3, 4]
            gradient = "differences"
            [objective.value]
            function = "float hypotf(float x, float y)"
            arguments = { x = { point = 0 }, y = { point = 1 } }
            returns = "value"
            """, "dtype=f64")
        #expect(agree(try single.evaluate([3, 4]).gradient, [0.6, 0.8], 1e-3))
        #expect(single.objective.description.value_accuracy == Double(Float.ulpOfOne))
    }

    @Test(.enabled(if: isInstalled("gfortran")), arguments: ["f64", "f32"])
    func fortranByReference(_ dtype: String) throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.fortran.get(),
            """
            [[objective]]
            id = "org.example.fg"
            dimension = "size"
            start = 0
            nonnegative = true
            [objective.parameters.size]
            type = "integer"
            default = 3
            minimum = 1
            [objective.value]
            function = "void fg_(int *n, double *x, double *f, double *g)"
            arguments = { n = "dimension", x = "point", f = "value", g = "gradient" }
            """, "size=4 dtype=\(dtype)")
        #expect(lab.count == 4)
        let there = try lab.evaluate([2, 2, 2, 2])
        #expect(there.value == 1 + 0 + 3 + 16 && there.gradient == [2, 0, -6, -16])
        #expect(try lab.evaluate([2, 2, 2, 2], gradient: false).value == 20)
        #expect(try lab.train("bb1") < 1e-10)
    }

    @Test(.enabled(if: isInstalled("gfortran")), arguments: ["f64", "f32"])
    func fortranInSinglePrecisionWithAnInt64(_ dtype: String) throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.fortran.get(),
            """
            [[objective]]
            id = "org.example.single"
            dimension = 3
            start = 0
            [objective.value]
            function = "float single_(const int64_t *n, const float *x, float *g)"
            arguments = { n = "dimension", x = "point", g = "gradient" }
            returns = "value"
            scale = -2
            """, "dtype=\(dtype)")
        let there = try lab.evaluate([2, 2, 2])
        #expect(there.value == -8 && there.gradient == [-4, 0, 12])
    }

    @Test(.enabled(if: isInstalled("gfortran")))
    func theConventionOfCUTEst() throws {
        let lab = try ObjectiveLab(try ObjectiveLab.fortran.get(), Self.cutest)
        #expect(lab.count == 4 && lab.objective.hasCurvature)
        let x = [-1.2, 1, 0.5, 2]
        let there = try lab.evaluate(x)
        #expect(agree([there.value], [24.2 + 100 * 1.75 * 1.75 + 0.25]))
        #expect(try lab.gradientError(x) < 1e-6)
        // [1200 x^2 - 400 y + 2, -400 x; -400 x, 200] times (1, 1), twice.
        #expect(agree(try lab.product(x, [1, 1, 1, 1]), [1330 + 480, 480 + 200, -498 - 200, -200 + 200]))
        let refused = try lab.evaluate([200, 0, 0, 0])
        #expect(refused.status == eos_status(EOS_RECOVERABLE))
        #expect(try lab.train(iterations: 20_000) < 1e-4)
    }

    static let cutest = """
        [[setup]]
        function = "void cutest_usetup_(int *status, const int *input)"
        arguments = { status = "status", input = { constant = 55 } }
        [[objective]]
        id = "org.example.cutest"
        start = [-1.2, 1, -1.2, 1]
        [objective.dimension]
        function = "void cutest_udimen_(int *status, const int *input, int *n)"
        arguments = { status = "status", input = 55, n = "dimension" }
        [objective.value]
        function = "void cutest_uofg_(int *status, const int *n, const double *x, double *f, double *g, const bool *grad)"
        [objective.value.arguments]
        status = "status"
        n = "dimension"
        x = "point"
        f = "value"
        g = "gradient"
        grad = "wants_gradient"
        [objective.product]
        function = "void cutest_uhprod_(int *status, const int *n, const bool *goth, const double *x, const double *vector, double *result)"
        arguments = { status = "status", n = "dimension", goth = false, x = "point", vector = "direction", result = "product" }
        """

    private static let gsl = (["libgsl.so.27", "libgsl.so.25"] as [String]).first { dlopen($0, RTLD_LAZY) != nil }

    @Test(.enabled(if: gsl != nil, "libgsl is not installed"))
    func aVectorOfGSLByPointerToAStruct() throws {
        // sum of x_i, and with it a linear function whose gradient is 1.
        let lab = try ObjectiveLab(
            try #require(Self.gsl),
            """
            [struct.gsl_vector]
            fields = "size_t size; size_t stride; double *data; void *block; int owner;"
            [[objective]]
            id = "org.example.norm"
            dimension = 3
            start = { uniform = [1, 2] }
            gradient = "differences"
            [objective.value]
            function = "double gsl_blas_dnrm2(const gsl_vector *x)"
            returns = "value"
            [objective.value.arguments.x.struct]
            size = "dimension"
            stride = { constant = 1 }
            data = { role = "point" }
            block = "null"
            owner = 0
            """)
        let there = try lab.evaluate([2, 3, 6])
        #expect(agree([there.value], [7]) && agree(there.gradient, [2 / 7.0, 3 / 7.0, 6 / 7.0], 1e-9))
        let start = try lab.start(seed: 5)
        #expect(start.allSatisfy { (1...2).contains($0) } && Set(start).count == 3)
        #expect(try lab.start(seed: 5) == start && lab.start(seed: 6) != start)
    }

    @Test(.enabled(if: gsl != nil, "libgsl is not installed"))
    func statisticsAndPolynomialsOfGSL() throws {
        let spread = try ObjectiveLab(
            try #require(Self.gsl),
            """
            [[objective]]
            id = "org.example.spread"
            dimension = 3
            start = [1, 2, 6]
            gradient = "differences"
            [objective.value]
            function = "double gsl_stats_tss(const double data[], const size_t stride, const size_t n)"
            arguments = { data = { role = "point", stride = 2 }, stride = { constant = 2 }, n = "dimension" }
            returns = "value"
            """, "dtype=f32")
        let there = try spread.evaluate([1, 2, 6])
        #expect(agree([there.value], [14]) && agree(there.gradient, [-4, -2, 6], 1e-6))
        let polynomial = try ObjectiveLab(
            try #require(Self.gsl),
            """
            [[objective]]
            id = "org.example.polynomial"
            dimension = 1
            start = 3
            gradient = "differences"
            [objective.parameters.coefficients]
            type = "numbers"
            default = [5, -2, 1]
            [objective.value]
            function = "double gsl_poly_eval(const double c[], const int len, const double x)"
            arguments = { c = { parameter = "coefficients" }, len = { length = "coefficients" }, x = "point" }
            returns = "value"
            """)
        #expect(try polynomial.evaluate([3]).value == 8)
        #expect(abs(try polynomial.train() - 4) < 1e-9)
    }

    @Test(arguments: ["f64", "f32"]) func theConventionOfNLopt(_ dtype: String) throws {
        let lab = try ObjectiveLab(try ObjectiveLab.c.get(), Self.rosen, "dtype=\(dtype) factor=10")
        let there = try lab.evaluate([-1, 2])
        #expect(there.value == 10 + 4 && there.gradient == [40 - 4, 20])
        #expect(try lab.evaluate([-1, 2], gradient: false).value == 14)
        #expect(try lab.train("bb1", iterations: 5000, gradientNorm: 1e-4) < 1e-6)
    }

    static let rosen = """
        [struct.rosen_data]
        fields = "int32_t calls; double factor; float shift;"
        [[objective]]
        id = "org.example.rosen"
        dimension = 2
        start = [-1.2, 1.0]
        [objective.parameters.factor]
        type = "number"
        default = 100
        minimum = 0
        [objective.value]
        function = "double rosen(unsigned n, const double *x, double *grad, struct rosen_data *data)"
        returns = "value"
        gradient_may_be_null = true
        [objective.value.arguments]
        n = "dimension"
        x = "point"
        grad = "gradient"
        data = { struct = { calls = 0, factor = { parameter = "factor" }, shift = 1 } }
        """

    @Test func aStructByValueAndASizeT() throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.c.get(),
            Self.rosen.replacing(
                "double rosen(unsigned n, const double *x, double *grad, struct rosen_data *data)",
                with: "double rosen_by_value(rosen_data data, size_t n, const double *x, double *grad)"))
        let there = try lab.evaluate([-1, 2])
        #expect(there.value == 104 && there.gradient == [400 - 4, 200])
    }

    @Test(arguments: ["f64", "f32"]) func aNetworkInFloat(_ dtype: String) throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.c.get(),
            """
            [[objective]]
            id = "org.example.network"
            dimension = 2
            start = { normal = 1 }
            nonnegative = true
            [objective.value]
            function = "float network(int64_t n, const float *w, float *g)"
            arguments = { n = "dimension", w = "point", g = "gradient" }
            returns = "value"
            """, "dtype=\(dtype)")
        #expect(lab.isSingle == (dtype == "f32") && lab.objective.description.value_accuracy == 0x1p-23)
        // y = b tanh(a t) by hand, in double.
        let (times, targets, a, b) = ([-1, -0.5, 0, 0.5, 1], [-0.8, -0.5, 0, 0.5, 0.8], 0.5, 1.5)
        let residuals = zip(times, targets).map { b * tanh(a * $0) - $1 }
        let there = try lab.evaluate([a, b])
        #expect(agree([there.value], [residuals.map { $0 * $0 }.reduce(0, +)], 1e-6))
        #expect(
            agree(
                there.gradient,
                [
                    zip(times, residuals).map { 2 * $1 * b * (1 - pow(tanh(a * $0), 2)) * $0 }.reduce(0, +),
                    zip(times, residuals).map { 2 * $1 * tanh(a * $0) }.reduce(0, +),
                ], 1e-5))
        #expect(try lab.train(iterations: 500, gradientNorm: 1e-4) < 1e-3)
    }

    @Test func aValueThroughAPointerAndAStatusReturned() throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.c.get(),
            """
            [[objective]]
            id = "org.example.stored"
            dimension = 3
            start = 0
            [objective.value]
            function = "int stored(double *x, int16_t n, double *value)"
            arguments = { x = "point", n = "dimension", value = "value" }
            returns = "status"
            [objective.gradient]
            function = "void stored_gradient(const double *x, short n, double *g)"
            arguments = { x = "point", n = "dimension", g = "gradient" }
            """)
        // The function ruins its argument, which is a copy.
        let x = [0.0, 1, 3]
        let there = try lab.evaluate(x)
        #expect(x == [0, 1, 3] && there.value == 5 && there.gradient == [-2, 0, 4])
        let failed = try lab.evaluate([-11, 0, 0])
        #expect(failed.status == eos_status(EOS_RECOVERABLE) && failed.value.isNaN)
    }

    @Test func valuesThatAreNotFiniteAreRecoverable() throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.c.get(),
            """
            [[objective]]
            id = "org.example.barrier"
            dimension = 1
            start = 5
            [objective.value]
            function = "double barrier(double x)"
            arguments = { x = "point" }
            returns = "value"
            [objective.gradient]
            function = "double barrier_gradient(double x)"
            arguments = { x = "point" }
            returns = "gradient"
            """)
        for x in [-1.0, 0] { #expect(try lab.evaluate([x]).status == eos_status(EOS_RECOVERABLE)) }
        #expect(abs(try lab.train() - 1) < 1e-9)
    }

    @Test(arguments: ["f64", "f32"]) func strides(_ dtype: String) throws {
        let lab = try ObjectiveLab(
            try ObjectiveLab.c.get(),
            """
            [[objective]]
            id = "org.example.strided"
            dimension = 3
            start = 1
            [objective.value]
            function = "double strided(size_t n, const double *x, ptrdiff_t step, float *g)"
            returns = "value"
            [objective.value.arguments]
            n = "dimension"
            x = { role = "point", stride = 2 }
            step = { constant = 2 }
            g = { role = "gradient", stride = 3 }
            """, "dtype=\(dtype)")
        let there = try lab.evaluate([1, 2, 3])
        #expect(there.value == 0.5 + 4 + 13.5 && there.gradient == [1, 4, 9])
        #expect(try lab.evaluate([1, 2, 3], gradient: false).value == 18)
    }

    @Test func parametersOfEveryKind() throws {
        let text = """
            [[objective]]
            id = "org.example.tuned"
            dimension = 1
            start = "begin"
            [objective.parameters]
            begin = { type = "numbers", default = [4] }
            weights = { type = "numbers", default = [1, 2.5] }
            halve = { type = "bool", default = false }
            scale = { type = "integer", default = 2 }
            mode = { type = "string", default = "left", choices = ["left", "right"] }
            [objective.value]
            function = "double tuned(double x, const float *weights, int count, bool halve, long long scale, const char *mode, double *g)"
            returns = "value"
            [objective.value.arguments]
            x = "point"
            weights = { parameter = "weights" }
            count = { length = "weights" }
            halve = { parameter = "halve" }
            scale = { parameter = "scale" }
            mode = { parameter = "mode" }
            g = "gradient"
            """
        let plain = try ObjectiveLab(try ObjectiveLab.c.get(), text)
        #expect(try plain.start() == [4])
        #expect(try plain.evaluate([1]).value == 28 && plain.evaluate([1]).gradient == [28])
        let tuned = try ObjectiveLab(
            try ObjectiveLab.c.get(), text, "weights=[1] halve=true scale=6 mode=right begin=[7]")
        #expect(try tuned.start() == [7] && tuned.evaluate([3]).value == 12 && tuned.evaluate([3]).gradient == [12])
    }
}
