import CEos
import EosCore
import EosTOML
import Testing

/// What the parser of TOML ends the process on is refused before it.
@Suite struct TOMLTextTests {
    private func refusal(_ text: String) -> String? {
        do throws(EosError) {
            try TOMLText.check(text, file: "a.toml")
            return nil
        } catch {
            #expect(error.status == eos_status(EOS_E_CONFIG))
            return error.message
        }
    }

    @Test(arguments: [
        ("[=]", 1), ("[", 1), ("a = 1\n [ü]", 2), ("[[\n", 1), ("[[[a]]]", 1), ("a = [\n1]\n[\t+]\n", 3),
        ("a = '''\n[=]\n'''\n[=]", 4), ("a = \"\"\"\\\"\"\"\n[=]\"\"\"\"\n[.]", 3), ("# [=]\n[#]", 2),
        ("\u{feff}[!]", 1),
        ("a = \"[\" # ]\n[ ]\n[,]", 3),
    ])
    func headersWithoutAName(_ text: String, _ line: Int) {
        #expect(refusal(text)?.hasPrefix("a.toml:\(line): a table's name is expected after '['") == true)
    }

    @Test(arguments: [
        "", "[a]\n[[b.c]]\n[ 'd' . \"e\" ]\n", "[]", "a = [\n  [1, 2],\n  [+1], [{ b = 1 }],\n [[3]]\n]\n[-_9]",
        "a = \"\"\"\n[=]\n\\\"\"\"\n[=] \"\" \"\"\"\"\"\n[b]", "a = 'it\\'\n[b]", "a = \"\\\"[\" # \" [[\n[b]",
        "a = 1.5 # ü\r\n[b]",
        "a = { b = 1, 'c' = [2] }\nd-e.f = 1",
    ])
    func whatTheParserTakesOrRefusesItself(_ text: String) { #expect(refusal(text) == nil) }

    @Test(arguments: [
        "a = 180\"-09\"", "a = \"b\" 1", "a = [1] 2", "a = { b = 1 } { c = 2 }", "a = [1 2]", "a = [1\n2]", "a = 1 = 2",
        "a = [\"b\" 'c']", "a = 1 [2]",
    ])
    func valuesWithNothingBetween(_ text: String) {
        #expect(refusal(text)?.contains("a new line, a comma or a bracket is expected after a value") == true)
    }

    @Test(arguments: [
        "true", "false", "inf", "-nan", "0", "-17", "1_000", "0xfF", "0o17", "0b1_0", "1.5", "+2.5e-3", "6E22",
        "1979-05-27",
    ])
    func values(_ value: String) {
        for text in ["a = \(value)", "[b]\na.c = \(value)\n", "a = [\n\(value)\n]"] {
            #expect(refusal(text) == nil, "\(text)")
        }
        #expect(refusal("\(value) = 1") == nil, "as a key")
    }

    @Test(arguments: [
        "word", "1x", "01", "1.", ".5", "1__0", "_1", "0x", "0b2", "1e", "+-1", "--1", "infinity", "1979-05-2x",
        "1\u{fc}",
        "12345678901234567890123456789012345678901234567890123456789012345",
    ])
    func whatIsNoValue(_ value: String) {
        for text in ["a = \(value)", "a = [1, \(value)]", "a = { b = \(value) }", "a = { b = [], c.d = \(value) }"] {
            #expect(refusal("\n\(text)")?.hasPrefix("a.toml:2: ") == true, "\(text)")
            #expect(refusal("\n\(text)")?.contains("is no value") == true, "\(text)")
        }
    }

    @Test(arguments: [
        "a = [ }", "a = { ]", "a = ]", "a = { b = 1 ] }", "a =", "a = # 1", "a = ,", "a = [,]", "a = [1,,2]",
        "a = { b = }",
        "a = {,}", "a = [{ b = , }]",
    ])
    func bracketsThatDoNotMatchAndValuesThatLack(_ text: String) {
        for text in [text, text + "\n"] { #expect(refusal(text)?.hasPrefix("a.toml:1: ") == true, "\(text)") }
    }

    @Test(arguments: ["07:32:00", "1979-05-27T07:32:00Z", "1979-05-27 07:32", "1979-05-27U7:1", "[1979-05-27, 1]"])
    func dates(_ value: String) {
        #expect(refusal("a = \(value)")?.contains("dates and times have no use here") == true)
    }

    /// Numbers without a place in 64 bits are refused with their line; those next to them are read as they are.
    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "0x8000000000000000", "0xffffffffffffffff",
        "0o1000000000000000000000",
        "99999999999999999999999999", "1e400", "-1e400", "1.8e308",
        "1e-400",
        "2e-324", "1.0e99999999999", "1_0e4_00",
    ])
    func numbersWithoutAPlace(_ number: String) {
        let message = refusal("b = 1\r\na = \(number)")
        let isInteger = !number.contains { ".eE".contains($0) } || number.hasPrefix("0x")
        #expect(
            message == "a.toml:2: \(number): it is beyond the "
                + (isInteger
                    ? "integers of 64 bits; a number with a point may be larger"
                    : "range of numbers, 4.9e-324 to 1.8e+308"))
        #expect(refusal("a = [1, \(number)]") != nil)
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("+0", 0), ("0x7fffffffffffffff", .max),
        ("0b0", 0), ("0o777_777", 262143),
    ])
    func integersOfEveryRange(_ text: String, _ value: Int64) throws {
        let document = try TOMLDocument(text: "a = \(text)", file: "a.toml")
        #expect(document.root["a"]?.int.map { Int64($0) } == value)
    }

    @Test(arguments: [
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("-1e308", -1e308),
        ("4.9e-324", .leastNonzeroMagnitude),
        ("0e999", 0),
        ("0.000e-999", 0), ("-0.0", -0.0), ("inf", .infinity), ("-inf", -.infinity), ("9223372036854775808.0", 0x1p63),
        ("2.2250738585072014e-308", .leastNormalMagnitude),
    ])
    func numbersOfEveryRange(_ text: String, _ value: Double) throws {
        let document = try TOMLDocument(text: "a = \(text)", file: "a.toml")
        #expect(document.root["a"]?.double?.bitPattern == value.bitPattern)
    }

    @Test func depthsWithoutEnd() {
        func nested(_ count: Int) -> String {
            "a = " + String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(refusal(nested(64)) == nil)
        #expect(refusal("\n" + nested(65))?.hasPrefix("a.toml:2: brackets nest too deep: at most 64") == true)
        #expect(refusal(Array(repeating: "a", count: 32).joined(separator: ".") + " = 1.5") == nil)
        #expect(refusal(Array(repeating: "a", count: 33).joined(separator: ".") + " = 1") != nil)
        // Quotes that are escaped, or of the other kind, hide nothing.
        for text in ["\"\\\"\"", "'\"'", "\"'\"", "'\\'", "\"\"\"\"\"\"", "'''''''"] {
            #expect(refusal("b = [\(text), \(String(repeating: "[", count: 65))") != nil, "\(text)")
        }
    }
}
