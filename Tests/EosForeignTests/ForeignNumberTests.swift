import TestSupport
import Testing

/// Integers on their way to a foreign function and back.
@Suite struct ForeignNumberTests {
    /// A seed keeps as many of its low bits as the type holds without its sign.
    @Test(arguments: [("uint32_t", 0xffff_ffff as UInt64), ("int32_t", 0x7fff_ffff), ("uint16_t", 0xffff)])
    func seedsAreNeverNegative(_ type: String, _ mask: UInt64) throws {
        let library = try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"], key: "seeds-\(type)")
        let lab = try ObjectiveLab(library, HandleTests.text.replacing("uint32_t seed", with: "\(type) seed"))
        for seed in [5, 0x7fff_ffff, 0x8000_0005, 0xffff_ffff, .max] as [UInt64] {
            // The library's own parameter is a uint32_t.
            let first = 1 + Double(UInt32(truncatingIfNeeded: seed & mask))
            #expect(try lab.start(seed: seed) == [first, first + 1, first + 2], "\(type), seed \(seed)")
        }
    }

    /// Any status but 0 is a failure: here the exponents of 1/4, 1 and 8.
    @Test(arguments: [("0.25", -2), ("1", 0), ("8", 3)])
    func negativeStatusesAreFailures(_ number: String, _ status: Int) throws {
        let text = """
            [[setup]]
            function = "int ilogb(double x)"
            arguments = { x = { constant = \(number) } }
            returns = "status"
            [[objective]]
            id = "org.example.cosh"
            dimension = 1
            start = 2
            gradient = "differences"
            [objective.value]
            function = "double cosh(double x)"
            arguments = { x = "point" }
            returns = "value"
            """
        var message = ""
        do { _ = try ObjectiveLab("libm.so.6", text) } catch { message = "\(error)" }
        #expect(message.contains("ilogb failed with the status \(status)") == (status != 0), "\(message)")
        if status == 0 { #expect(message == "") }
    }
}
