import TestSupport
import Testing

/// Points that travel inside structs, by value and by pointer.
@Suite struct StructRoleTests {
    private static let library = Result { try BuiltFixture.build("Tests/Fixtures/structs.c") }

    private func lab(_ text: String, _ settings: String = "") throws -> ObjectiveLab {
        try ObjectiveLab(try Self.library.get(), text, settings)
    }

    private static let paraboloid = """
        [struct.vec3]
        fields = "double x; double y; double z;"
        [[objective]]
        id = "org.example.paraboloid"
        dimension = 3
        start = [3, 3, 3]
        [objective.value]
        function = "double paraboloid(vec3 v, double *gradient)"
        arguments = { v = { struct = { x = { point = 0 }, y = { point = 1 }, z = { point = 2 } } }, \
        gradient = "gradient" }
        returns = "value"
        gradient_may_be_null = true
        """

    /// In a row: what a call leaves behind is not taken for the point of the next one.
    @Test(arguments: ["f64", "f32"]) func aPointOf24BytesByValue(_ dtype: String) throws {
        let lab = try lab(Self.paraboloid, "dtype=\(dtype)")
        for i in 0..<100 {
            let x = [Double(i), 0.5 * Double(i), -2]
            let there = try lab.evaluate(x)
            #expect(there.value == (x[0] - 1) * (x[0] - 1) + (x[1] - 2) * (x[1] - 2) + 25)
            #expect(there.gradient == [2 * (x[0] - 1), 2 * (x[1] - 2), -10])
            #expect(try lab.evaluate(x, gradient: false).value == there.value)
        }
        #expect(try lab.train("bb1", iterations: 100) < 1e-10)
    }

    private static let weighted = """
        [struct.state]
        fields = "int n; double x[4]; float weights[3]; char name[8]; float gradient[4];"
        [[objective]]
        id = "org.example.weighted"
        dimension = 3
        start = 5
        [objective.parameters.weights]
        type = "numbers"
        default = [1, 2, 4]
        [objective.value]
        function = "double weighted(state *s)"
        returns = "value"
        [objective.value.arguments.s.struct]
        n = "dimension"
        x = "point"
        weights = { parameter = "weights" }
        name = { constant = "eos" }
        gradient = "gradient"
        """

    @Test(arguments: ["f64", "f32"]) func vectorsThatLieInAStruct(_ dtype: String) throws {
        let lab = try lab(Self.weighted, "dtype=\(dtype)")
        for i in 0..<10 {
            let x = [Double(i), 3, -1]
            let there = try lab.evaluate(x)
            #expect(there.value == x[0] * x[0] + 2 * 4 + 4 * 9)
            #expect(there.gradient == [2 * x[0], 8, -24])
        }
    }

    @Test func arraysOfStructsTakeARoleForEachElement() throws {
        let lab = try lab(
            """
            [struct.pair]
            fields = "vec3 at[2]; long factor[2];"
            [struct.vec3]
            fields = "double x; double y; double z;"
            [[objective]]
            id = "org.example.spread"
            dimension = 6
            start = 0
            [objective.value]
            function = "double spread(pair p, double *gradient)"
            returns = "value"
            [objective.value.arguments]
            gradient = "gradient"
            [objective.value.arguments.p.struct]
            factor = [2, { constant = 3 }]
            at = [{ struct = { x = { point = 0 }, y = { point = 1 }, z = { point = 2 } } }, \
            { struct = { x = { point = 3 }, y = { point = 4 }, z = { point = 5 } } }]
            """)
        let there = try lab.evaluate([0, 0, 0, 2, 2, 2])
        #expect(there.value == 2 * 14 + 3 * 2)
        #expect(there.gradient == [-4, -8, -12, 6, 0, -6])
    }

    @Test(arguments: ["f64", "f32"]) func floatsInRegisters(_ dtype: String) throws {
        let lab = try lab(
            """
            [struct.point3f]
            fields = "float x[3];"
            [[objective]]
            id = "org.example.near"
            dimension = 3
            start = 0
            [objective.value]
            function = "double near_one(point3f p, double *gradient)"
            arguments = { p = { struct = { x = "point" } }, gradient = "gradient" }
            returns = "value"
            """, "dtype=\(dtype)")
        let there = try lab.evaluate([0.5, 2, -3])
        #expect(there.value == 17.25 && there.gradient == [-1, 2, -8])
    }

    @Test(arguments: [
        ("double x[4]", "double x[2]", "the point does not fit into double[2]: it has 3 elements"),
        ("x = \"point\"", "x = { role = \"point\", stride = 2 }", "does not fit into double[4]"),
        ("weights[3]", "weights[2]", "3 numbers do not fit into float[2]"),
        ("\"eos\"", "\"eight888\"", "the text \"eight888\" and its final zero do not fit into char[8]"),
        (
            "state *s", "const state *s",
            "the gradient is stored by the function and can't be passed as float[4]"
        ),
        ("state *s", "state s", "the gradient is stored by the function and can't be passed as float[4]"),
        ("x = \"point\"", "x = [0, 0, 0]", "3 roles for an array of 4 elements; give one for each"),
        ("x = \"point\"", "x = [\"null\", 0, 0, 0]", "double can't be null"),
        ("x = \"point\"", "x = \"null\"", "double[4] can't be null"),
        ("char name", "int name", "a string can't be passed as int32_t[8]"),
    ])
    func refusals(_ what: String, _ by: String, _ sentence: String) {
        let error = #expect(throws: (any Error).self) {
            _ = try lab(Self.weighted.replacing(what, with: by))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(sentence), "\(error.map { "\($0)" } ?? "")")
    }
}
