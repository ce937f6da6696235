import CEos
import EosCore
import EosTOML
import Testing

/// Why a text is refused; nil where it is read.
private func refusal(_ text: some Sequence<UInt8>) -> String? {
    do throws(EosError) {
        _ = try Node(toml: text, file: "a.toml")
        return nil
    } catch {
        #expect(error.status == eos_status(EOS_E_CONFIG))
        return error.message
    }
}

/// What is wrong with a text is said with its place.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("[=]", "1:2: this is not TOML: a table's name is expected after '['"), ("a = 1\n [ü]", "2:3: "),
        ("[[a]", "1:4: this is not TOML: ']]' is expected"), ("[a] 1", "1:5: this is not TOML: a new line is expected"),
        ("a = '''\n[=]\n'''\n[=]", "4:2: "), ("[[[a]]]", "1:3: this is not TOML: a table's name"),
        ("a = 1 = 2", "1:7: this is not TOML: a new line is expected, not '='"),
        ("a = [1 2]", "1:8: this is not TOML: ',' or ']' is expected after a value, not '2'"),
        ("a = [1,,2]", "1:8: this is not TOML: a value or ']' is expected, not ','"),
        ("a = { b = 1,\n c = 2 }", "1:13: this is not TOML: a key is expected"),
        ("a = { b = 1 ]", "1:13: this is not TOML: ',' or '}' is expected on the line of '{', not ']'"),
        ("a =", "1:4: this is not TOML: a value is expected after '=', not the end of the file"),
        ("a = # 1", "1:5: this is not TOML: a value is expected after '=', not '#'"),
        ("a = \"b", "1:5: this is not TOML: a text has no closing quote on its line"),
        ("a = '''b\n\n", "1:5: this is not TOML: a text has no closing quotes"),
        ("a = \"é\\x\"", "1:8: this is not TOML: '\\' is followed by 'x'"),
        ("a = \"\\ud800\"", "1:7: this is not TOML: U+D800 is not a character"),
        ("a = \"\\u12g4\"", "1:10: this is not TOML: 4 hexadecimal digits are expected, not 'g'"),
        ("a = 1\r b = 2", "1:6: this is not TOML: a carriage return has no line feed after it"),
        ("a = 'b\u{0}'", "1:7: this is not TOML: the control character U+0000 is not allowed in a text"),
        ("a = 1 # \u{1f}", "1:9: this is not TOML: the control character U+001F"),
        (
            "a.b = 1\na = 2",
            "2:1: this is not TOML: a is already defined in line 1, and a key can have only one value"
        ),
        ("a = 1\n[a]", "2:2: this is not TOML: a is already defined in line 1"),
        ("[a.b]\n[a]\n[a.b]", "3:4: this is not TOML: a.b is already defined in line 1"),
        (
            "[a.b.c]\n[a]\nb.c.d = 1",
            "3:3: this is not TOML: a.b.c is already defined in line 1, and a dotted key can't"
        ),
        ("[a]\nb.c = 1\n[a.b]", "3:4: "), ("a = [{}]\n[[a]]", "2:3: "), ("[[a]]\n[a]", "2:2: "),
        ("a = {}\na.b = 1", "2:1: "), ("a = {}\n[a.b]", "2:2: "), ("a = {b.c = 1, b.c = 2}", "1:17: "),
        ("a = word", "1:5: word: it is not a value; write text in quotes"),
    ])
    func isRefused(_ text: String, _ message: String) {
        let found = refusal(text.utf8)
        #expect(found?.hasPrefix("a.toml:\(message)") == true, "\(found ?? "read")")
        #expect(refusal("\u{feff}\(text)\n".utf8)?.hasPrefix("a.toml:\(message.prefix { $0 != " " })") == true)
    }

    @Test(arguments: [
        "", "[a]\n[[b.c]]\n[ 'd' . \"e\" ]\n", "a = [\n  [1, 2],\n  [+1], [{ b = 1 }],\n [[3]],\n]\n[-_9]",
        "a = \"\"\"\n[=]\n\\\"\"\"\n[=] \"\" \"\"\"\"\"\n[b]", "a = 'it\\'\n[b]", "a = { b = 1, 'c' = [2] }\nd-e.f = 1",
        "[a.b.c]\n[a]\nb.d = 1", "[a]\nb.c = 1\nb.d = {}\nb.e = 2\n[a.b.f]", "1.2 = 3",
        "\"\" = 1\n\"e\u{301}\" = 1\n\"é\" = 2",
    ])
    func isRead(_ text: String) { #expect(refusal(text.utf8) == nil) }

    @Test(arguments: [
        "1x", "01", "1.", ".5", "1__0", "_1", "1_", "0x", "0x_1", "0b2", "+0x1", "1e", "1e_1", "+-1", "infinity",
        "1\u{fc}",
    ])
    func whatIsNoValue(_ value: String) {
        for text in ["a = \(value)", "a = [1, \(value)]", "a = { b = \(value) }", "a = { b = [], c.d = \(value) }"] {
            #expect(refusal("\n\(text)".utf8)?.contains("\(value): it is not a value; write text in quotes") == true)
        }
    }

    @Test(arguments: [
        "07:32:00", "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32", "1979-13-41", "[1979-05-27, 1]",
    ])
    func dates(_ value: String) {
        #expect(refusal("a = \(value)".utf8)?.contains("dates and times are not supported") == true)
    }

    @Test func bytesThatAreNotUTF8HaveTheirPlace() {
        #expect(refusal(Array("a = 'é'\nb = 'é".utf8) + [0xff, 0x27]) == "a.toml:2:7: the text is not UTF-8")
        #expect(refusal([0xff, 0xfe, 0x61, 0]) == "a.toml:1:1: the text is not UTF-8")
        #expect(refusal([0xef, 0xbb]) == "a.toml:1:1: the text is not UTF-8")
    }

    @Test func depthsWithoutEnd() {
        func nested(_ open: String, _ close: String, _ count: Int) -> String {
            "a = " + String(repeating: open, count: count) + String(repeating: close, count: count)
        }
        #expect(refusal(nested("[", "]", 64).utf8) == nil)
        #expect(
            refusal("\n\(nested("[", "]", 65))".utf8)?.hasPrefix(
                "a.toml:2:69: values are nested too deeply; nest at most 64")
                == true)
        for count in [1_000, 100_000] {
            for text in [
                nested("[", "", count), nested("{a=", "", count), nested("[{a=", "", count),
                String(repeating: "a.", count: count) + "a = 1", "[" + String(repeating: "a.", count: count) + "a]",
                "[[" + String(repeating: "a.", count: count) + "a]]",
            ] { #expect(refusal(text.utf8)?.contains("values are nested too deeply; nest at most 64") == true) }
        }
        #expect(refusal("[\(Array(repeating: "a", count: 64).joined(separator: "."))]\na = 1".utf8) == nil)
    }
}

/// Numbers and texts keep every bit.
@Suite struct ValueTests {
    /// Numbers without a place in 64 bits are refused with their place; those next to them are read as they are.
    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "0x8000000000000000", "0o1000000000000000000000",
        "99999999999999999999999999", "1e400", "-1e400", "1.8e308", "1e-400", "2e-324", "1.0e99999999999", "1_0e4_00",
    ])
    func numbersWithoutAPlace(_ number: String) {
        let isInteger = !number.contains { ".eE".contains($0) } || number.hasPrefix("0x")
        #expect(
            refusal("b = 1\r\na = \(number)".utf8) == "a.toml:2:5: \(number): it is beyond the "
                + (isInteger
                    ? "integers of 64 bits; write a number with a decimal point"
                    : "range of numbers, 4.9e-324 to 1.8e+308"))
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("+0", 0), ("-17", -17), ("1_000", 1000),
        ("0x7fff_FFFFffffffff", .max), ("0b0", 0), ("0o777_777", 262143), ("9007199254740993", 9_007_199_254_740_993),
    ])
    func integersAreExact(_ text: String, _ value: Int64) throws {
        #expect(try find("a", in: "a = \(text)").integer() == value)
    }

    @Test(arguments: [
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("4.9e-324", .leastNonzeroMagnitude), ("0e999", 0),
        ("0.000e-999", 0), ("-0.0", -0.0), ("inf", .infinity), ("-inf", -.infinity), ("9223372036854775808.0", 0x1p63),
        ("2.2250738585072014e-308", .leastNormalMagnitude), ("+2.5e-3", 2.5e-3), ("6E0_2", 600),
        ("9007199254740993.000000000000000000000000000000000000000000000000000000000000001", 0x1p53 + 2),
    ])
    func numbersAreTheNearest(_ text: String, _ value: Double) throws {
        guard case .number(let number) = try find("a", in: "a = \(text)").kind else { throw Missing() }
        #expect(number.bitPattern == value.bitPattern)
    }

    private struct Missing: Error {}

    @Test(arguments: [
        ("'C:\\x'", "C:\\x"), ("\"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"", "\u{8}\t\n\u{c}\r\"\\é😀"),
        ("\"\"\"\r\na\r\n\\ \t\r\n \n b\"\"\"", "a\nb"), ("'''\n'a''\n'''''", "'a''\n''"), ("\"\"\"\"\"\"", ""),
        ("\"\"\"\\\"\"\"\"\"\"", "\"\"\""), ("'\ta'", "\ta"),
    ])
    func textsAreAsTheyStand(_ text: String, _ value: String) throws {
        #expect(try find("a", in: "a = \(text)").string().utf8.elementsEqual(value.utf8))
    }

    @Test func valuesForParametersAreOfOneType() throws {
        #expect(try find("a", in: "a = [1, 2.5]").value() == .numbers([1, 2.5]))
        #expect(try find("a", in: "a = ['b']").value() == .strings(["b"]))
        for (text, message) in [
            ("[1, 'b']", "a.toml:1: a: the array mixes numbers and strings"),
            ("{ b = 1 }", "a.toml:1: a: a table is not a value"),
            ("[\n[1]]", "a.toml:2: a: the array holds an array;"),
        ] {
            let error = #expect(throws: EosError.self) { try find("a", in: "a = \(text)").value() }
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        }
    }
}
