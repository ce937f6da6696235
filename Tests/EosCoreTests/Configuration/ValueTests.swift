import CEos
import EosCore
import Testing

@Suite struct ValueTests {
    private static let readings: [(text: String, value: Value)] = [
        ("true", .bool(true)), ("false", .bool(false)), ("True", .string("True")), ("3", .integer(3)),
        ("-3", .integer(-3)), ("+3", .integer(3)), (" 3 ", .integer(3)), ("1_000", .integer(1000)),
        ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)), ("0.5", .number(0.5)),
        (".5", .number(0.5)), ("1e-4", .number(1e-4)), ("-1E+3", .number(-1000)), ("inf", .number(.infinity)),
        ("-inf", .number(-.infinity)), ("relu", .string("relu")), ("infinite", .string("infinite")),
        ("nls-ub", .string("nls-ub")), ("e5", .string("e5")), ("1.csv", .string("1.csv")), ("a_b", .string("a_b")),
        ("2024-01-01", .string("2024-01-01")), ("", .string("")), ("\"3\"", .string("3")), ("'a b'", .string("a b")),
        (#""a\"b\\c\n\t\r\u00e9\u0001""#, .string("a\"b\\c\n\t\r\u{e9}\u{1}")), (#"'a\n'"#, .string(#"a\n"#)),
        ("\"", .string("\"")), ("[]", .numbers([])), ("[1, 2.5,-3e2]", .numbers([1, 2.5, -300])),
        ("[1,2,]", .numbers([1, 2])), ("[a, \"b, c\", 'd']", .strings(["a", "b, c", "d"])),
        (#"["a\", b", "c"]"#, .strings(["a\", b", "c"])), ("[ ]", .numbers([])),
    ]

    @Test func valuesAreReadAsWritten() throws {
        for (text, value) in Self.readings { #expect(try Value.parse(text) == value, "\(text)") }
        guard case .number(let number) = try Value.parse("nan") else { throw EosError(EOS_E_FAILED, "no number") }
        #expect(number.isNaN)
    }

    @Test func brokenArraysAreSaid() {
        #expect(
            failure { _ = try Value.parse("[1, 2") }
                == Failure(status: EOS_E_CONFIG, message: "the array [1, 2 does not end with ']'; close it"))
        #expect(
            failure { _ = try Value.parse("[1, a]") }.message
                == "the array [1, a] mixes numbers and strings; use only one type")
        #expect(
            failure { _ = try Value.parse("[true, 1]") }.message
                == "the array element true is neither a number nor a string; quote it or correct it")
    }

    @Test func descriptionsAreReadBack() throws {
        let texts = [
            "", "a b", "quote \" and 'this'", "back\\slash", "line\nfeed\r\t", "\u{1}\u{7f}", "é\u{1F600}", "3",
        ]
        let others: [Value] = [
            .strings(texts), .numbers([0, -1.5, 1e300, 1e-300, 3]), .number(0.1), .integer(.min), .bool(false),
        ]
        for value in texts.map(Value.string) + others { #expect(try Value.parse(value.description) == value) }
    }

    @Test func assignmentsAreSplitAtSpaces() throws {
        var configuration = Configuration()
        let text = #"policy.name=nls  n=10 layers=[64, 10] text="a b" x='c ]d' y="q\" r" z= w=a=b"#
        try configuration.set(assignments: text + "\n\tlast=1")
        #expect(configuration.keys == ["policy.name", "n", "layers", "text", "x", "y", "z", "w", "last"])
        #expect(try configuration.string("policy.name") == "nls")
        #expect(try configuration.integer("n") == 10)
        #expect(try configuration.number("n") == 10)
        #expect(try configuration.numbers("layers") == [64, 10])
        #expect(try configuration.string("text") == "a b")
        #expect(try configuration.string("x") == "c ]d")
        #expect(try configuration.string("y") == "q\" r")
        #expect(try configuration.string("z") == "")
        #expect(try configuration.string("w") == "a=b")
        try configuration.set(assignment: "spaced = 3")
        #expect(try configuration.integer("spaced") == 3)
    }

    @Test func aFaultSetsNothing() throws {
        var configuration = Configuration()
        try configuration.set(assignments: "a=0")
        let before = configuration
        let faults = [
            ("a=1 b", "'b' is not an assignment; write key=value"),
            ("a=1 =2", "'=2' is not an assignment; write key=value"),
            ("a=1 b=\"x y", "'b=\"x y ' has an unclosed quote or bracket; close it"),
            ("a=1 b=[1, 2", "'b=[1, 2 ' has an unclosed quote or bracket; close it"),
            ("a=1 b=[1, x]", "b: the array [1, x] mixes numbers and strings; use only one type"),
        ]
        for (text, message) in faults {
            let failure = failure { try configuration.set(assignments: text) }
            #expect(failure == Failure(status: EOS_E_CONFIG, message: message))
            #expect(configuration == before)
        }
    }

    @Test func readingAnotherTypeIsSaid() throws {
        var configuration = Configuration()
        try configuration.set(assignments: "a=1 b=x c=[1] d=[]")
        #expect(
            failure { _ = try configuration.bool("e") } == Failure(status: EOS_E_NOT_FOUND, message: "e has no value"))
        #expect(failure { _ = try configuration.bool("a") }.message == "a = 1 is an integer; it must be true or false")
        #expect(failure { _ = try configuration.number("b") }.message == "b = \"x\" is a string; it must be a number")
        #expect(
            failure { _ = try configuration.strings("c") }.message
                == "c = [1] is an array of numbers; it must be an array of strings")
        #expect(try configuration.strings("d") == [])
        #expect(try configuration.numbers("d") == [])
    }

    @Test func tablesAreTakenAndMerged() throws {
        var configuration = Configuration()
        try configuration.set(assignments: "data.file=a data.train=3 dat=1 database=2")
        let data = configuration.table("data")
        #expect(data.keys == ["file", "train"])
        var other = Configuration()
        other.merge(data, under: "input")
        #expect(other.keys == ["input.file", "input.train"])
        other["input.file"] = nil
        #expect(other.keys == ["input.train"])
        #expect(!other.isEmpty)
    }
}
