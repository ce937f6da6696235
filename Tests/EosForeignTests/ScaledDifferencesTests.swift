import Testing

/// Gradients by differences where coordinates are much smaller than 1.
@Suite struct ScaledDifferencesTests {
    private func lab(_ function: String, dimension: Int, type: String = "double") throws -> ObjectiveLab {
        let names = dimension == 1 ? ["x"] : ["x", "y"]
        return try ObjectiveLab(
            "libm.so.6",
            """
            [[objective]]
            id = "org.example.scaled"
            dimension = \(dimension)
            start = 1
            gradient = "differences"
            [objective.value]
            function = "\(type) \(function)(\(names.map { "\(type) \($0)" }.joined(separator: ", ")))"
            arguments = { \(names.enumerated().map { "\($1) = { point = \($0) }" }.joined(separator: ", ")) }
            returns = "value"
            """)
    }

    /// The length of a vector changes over distances as large as the vector.
    @Test(arguments: [1e-300, 1e-100, 1e-6, 1e-3, 1, 1e6, 1e100]) func stepsFollowTheCoordinates(_ size: Double) throws
    {
        let hypot = try lab("hypot", dimension: 2)
        for (x, y) in [(3.0, 4.0), (-4, 3), (0, 5), (5, 1e-3)] {
            let gradient = try hypot.evaluate([x * size, y * size]).gradient
            let length = (x * x + y * y).squareRoot()
            #expect(abs(gradient[0] - x / length) < 1e-8, "\(x), \(y), \(size): \(gradient)")
            #expect(abs(gradient[1] - y / length) < 1e-8, "\(x), \(y), \(size): \(gradient)")
        }
    }

    /// Beside a minimum at zero the values differ by less than they are rounded by, over distances as small as that.
    @Test func aSmallCoordinateMayBeOneOfALargeFunction() throws {
        let cosh = try lab("cosh", dimension: 1)
        for x in [0, 1e-300, 1e-12, 1e-8, 1e-4, 1, -1e-8] {
            let slope = try cosh.evaluate([x]).gradient[0]
            #expect(abs(slope - (x == 1 ? 1.1752011936438014 : x * (1 + x * x / 6))) < 1e-9, "\(x): \(slope)")
        }
    }

    /// Both points are rounded, so that their distance is not twice the step that was meant. |x| has no other error.
    @Test(arguments: [("fabs", "double"), ("fabsf", "float")])
    func theWidthIsTheDistanceOfTheRoundedPoints(_ function: String, _ type: String) throws {
        let length = try lab(function, dimension: 1, type: type)
        for x in [0.7, 1e-3, 12345.675, -0.1, -3e7] {
            #expect(try length.evaluate([x]).gradient == [x < 0 ? -1 : 1], "\(x)")
        }
    }

    /// The other side of a wall.
    @Test func shorterStepsStayWhereValuesAreFinite() throws {
        // The typical size of the coordinates leads across the end of the logarithm's domain.
        let log = try lab("log1p", dimension: 1)
        let x = -1 + 1e-6
        #expect(abs(try log.evaluate([x]).gradient[0] * (1 + x) - 1) < 1e-2)
    }
}
