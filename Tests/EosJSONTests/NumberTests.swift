import EosJSON
import Testing

/// Numbers keep every bit, or are refused.
@Suite struct NumberTests {
    @Test(arguments: [
        ("0", 0), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int.max),
        ("-9223372036854775808", .min),
    ])
    func integersAreExact(_ text: String, _ value: Int) throws {
        let json = try JSONText(reading: text.utf8)
        #expect(json.integer == value && json.text == text)
    }

    @Test(arguments: [
        ("-0", -0.0), ("-0.0", -0.0), ("1e0", 1), ("9223372036854775808", 0x1p63), ("1E+2", 100),
        ("5e-324", Double.leastNonzeroMagnitude), ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ("2.2250738585072011e-308", Double(bitPattern: 0x000f_ffff_ffff_ffff)), ("0e-999", 0), ("0.1", 0.1),
        // Halfway between two numbers, and a hair above.
        ("9007199254740993.0", 0x1p53), ("9007199254740993.00000000000000000000000000000000001", 0x1p53 + 2),
    ])
    func othersAreTheNearest(_ text: String, _ value: Double) throws {
        let json = try JSONText(reading: text.utf8)
        #expect(json.integer == nil && json.number?.bitPattern == value.bitPattern)
        #expect(try JSONText(reading: json.text.utf8).number?.bitPattern == value.bitPattern)
    }

    @Test(arguments: ["1e309", "-1e309", "1e-400", "2e-324", String(repeating: "9", count: 400)])
    func whatHasNoPlaceIsRefused(_ text: String) {
        let fault = #expect(throws: JSONFault.self) { try JSONText(reading: "[\(text)]".utf8) }
        #expect(fault?.description.contains("beyond the range of numbers") == true)
    }
}

/// Whatever comes is read or refused with its place.
@Suite struct HostileTextTests {
    @Test(arguments: [
        (String(repeating: "[", count: 100_000), "at byte 64 of 100000 values are nested too deeply"),
        (String(repeating: "{\"a\":", count: 100_000), "values are nested too deeply"),
        ("[1\u{0}]", "at byte 2 of 4 a ',' or ']' was expected"), ("\u{feff}", "at byte 3 of 3 a value is missing"),
        ("\"a\u{0}\"", "at byte 2 of 4 a control character"),
    ])
    func isRefused(_ text: String, _ reason: String) {
        let fault = #expect(throws: JSONFault.self) { try JSONText(reading: text.utf8) }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
    }

    @Test func textsThatAreNotUTF8AreNamed() {
        let fault = #expect(throws: JSONFault.self) {
            try JSONText(reading: Array("[\"é\", \"".utf8) + [0xff, 0x22, 0x5d])
        }
        #expect(fault?.description == "this is not JSON: at byte 8 of 11 a text is not UTF-8")
    }

    @Test func aMarkBeforeTheTextIsNoPartOfIt() throws {
        #expect(try JSONText(reading: "\u{feff}\r\n[1]\r\n".utf8).text == "[1]")
    }
}
