import CEos
import EosCore
import EosJSON
import Testing

@Suite struct SchemaTests {
    private let schema = Schema([
        Parameter("depth", .integer, default: "4", range: 1...100, "factors"),
        Parameter("target", .number, flags: .required, "the product wanted"),
        Parameter("cap", .number, default: "auto", range: 0...10, flags: .auto, "a limit"),
        Parameter("free", .number, default: "0", "any number"),
        Parameter("name", .string, default: "relu", choices: ["relu", "tanh"], "a word"),
        Parameter("file", .string, "a path"), Parameter("bias", .bool, default: "true", "a switch"),
        Parameter("layers", .numbers, default: "[64, 10]", range: 1...1e6, "widths"),
        Parameter("labels", .strings, default: "[]", "words"), Parameter("data.train", .integer, "a count"),
    ])

    private func resolve(_ text: String) throws -> Configuration {
        var given = Configuration()
        try given.set(assignments: text)
        return try schema.resolve(given, for: "objective product")
    }

    @Test func defaultsAreFilledInInOrder() throws {
        let values = try resolve("target=2")
        #expect(values.keys == ["depth", "target", "cap", "free", "name", "bias", "layers", "labels"])
        #expect(try values.integer("depth") == 4)
        #expect(values["target"] == .number(2))
        #expect(try values.number("cap").isNaN)
        #expect(try values.numbers("layers") == [64, 10])
        #expect(values["labels"] == .strings([]))
    }

    @Test func valuesTakeTheirType() throws {
        let values = try resolve("target=-0.5 depth=3.0 cap=auto free=1 layers=[] labels=[a] name=tanh data.train=7")
        #expect(values["depth"] == .integer(3))
        #expect(try values.number("cap").isNaN)
        #expect(values["free"] == .number(1))
        #expect(values["layers"] == .numbers([]))
        #expect(try resolve("target=1 cap=3")["cap"] == .number(3))
    }

    private static let all = "depth, target, cap, free, name, file, bias, layers, labels, data.train"

    @Test(arguments: [
        ("depth=3", "target is missing; set it to a number: the product wanted"),
        ("target=1 dept=3", "unknown key dept; did you mean depth?"),
        ("target=1 train=3", "unknown key train; did you mean data.train?"),
        ("target=1 DEPTH=3", "unknown key DEPTH; did you mean depth?"),
        ("target=1 zzz=3", "unknown key zzz; its keys are \(all)"),
        ("target=1 depth=0", "depth = 0 is out of range; it must be 1 to 100"),
        ("target=1 depth=101", "depth = 101 is out of range; it must be 1 to 100"),
        ("target=1 depth=2.5", "depth = 2.5 is a number; it must be an integer"),
        ("target=x", "target = \"x\" is a string; it must be a number"),
        ("target=nan", "target = nan is not allowed; give a number"),
        ("target=auto", "target = \"auto\" is a string; it must be a number"),
        ("target=1 cap=off", "cap = \"off\" is a string; it must be a number or \"auto\""),
        ("target=1 cap=11", "cap = 11 is out of range; it must be 0 to 10"),
        ("target=1 name=rellu", "name = \"rellu\" is not one of relu, tanh; did you mean relu?"),
        ("target=1 name=sigmoid", "name = \"sigmoid\" is not one of relu, tanh"),
        ("target=1 file=5", "file = 5 is an integer; it must be a string"),
        ("target=1 bias=1", "bias = 1 is an integer; it must be true or false"),
        ("target=1 layers=64", "layers = 64 is an integer; it must be an array of numbers"),
        ("target=1 layers=[64, 0]", "layers: element 2, 0, is out of range; it must be 1 to 1000000"),
        ("target=1 labels=[1]", "labels = [1] is an array of numbers; it must be an array of strings"),
    ])
    func faultsAreSaid(_ text: String, _ expected: String) {
        let failure = failure { _ = try resolve(text) }
        #expect(failure == Failure(status: EOS_E_CONFIG, message: "objective product: " + expected))
    }

    @Test func anEmptySchemaTakesNothing() throws {
        var given = Configuration()
        try given.set(assignments: "a=1")
        #expect(failure { _ = try Schema([]).resolve(given, for: "x") }.message == "x: unknown key a; it has no keys")
    }

    @Test func rangesAreSpelledOut() {
        func text(_ range: ClosedRange<Double>?) -> String { Parameter("a", .number, range: range, "").rangeText }
        #expect(text(nil) == "any number")
        #expect(text(0...Double.infinity) == "at least 0")
        #expect(text(1...0x1p63) == "1 to 9.223372036854776e+18")
        #expect(text(1e-300...1e300) == "1e-300 to 1e+300")
        func whole(_ range: ClosedRange<Double>?) -> String { Parameter("a", .integer, range: range, "").rangeText }
        #expect(whole(nil) == "any integer of 64 bits")
        #expect(whole(1...0x1p63) == "at least 1")
        #expect(whole(0...0x1p62) == "0 to 4611686018427387904")
        #expect(whole(-Double.infinity...7) == "at most 7")
        #expect(whole(-0x1p63...0x1p63) == "any integer of 64 bits")
        #expect(whole(0.5...0x1p53) == "1 to 9007199254740992")
        #expect(text(-Double.infinity...0.5) == "at most 0.5")
        #expect(text(1e-3...0.999) == "0.001 to 0.999")
    }

    /// What a sentence says of a range holds: the value lies outside of it, and both of its ends inside.
    @Test(arguments: [
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1e400", "-1e400",
        "1e-400", "1.7976931348623157e308", "4.9e-324", "-4.9e-324", "-0.0", "0", "inf", "-inf", "nan", "-nan", "1e18",
        "1e19",
        "9007199254740993", "4611686018427387904", "4611686018427387905", "0.5", "1e300", "1e301",
    ])
    func extremesAreNamed(_ text: String) throws {
        let ranges: [ClosedRange<Double>?] = [
            nil, 0...0x1p62, 1...0x1p63, 1e-300...1e300, 0...Double.infinity, -1...1, -Double.infinity...0,
        ]
        for kind in [Parameter.Kind.integer, .number, .numbers] {
            for range in ranges {
                let parameter = Parameter("step", kind, range: range, "")
                let written = kind == .numbers ? "[1, \(text)]" : text
                if kind == .numbers, range?.contains(1) == false { continue }
                let failure = failure { _ = try parameter.accept(try Value.parse(written), owner: "x") }
                let value = Double(text.replacing("-nan", with: "nan"))!
                let isInside = range?.contains(value) ?? !value.isNaN
                let isRead = !(text.contains("e-400") || text.contains("e400"))
                guard failure.status != EOS_OK else {
                    #expect(isInside && isRead, "\(parameter.rangeText)")
                    continue
                }
                let message = failure.message
                #expect(failure.status == EOS_E_CONFIG)
                if !isRead {
                    #expect(
                        message
                            == "\(text) is beyond the range of numbers, 4.9e-324 to 1.8e+308; write a number in this "
                            + "range, or inf"
                    )
                    continue
                }
                #expect(message.hasPrefix("x: step"), "\(message)")
                if value.isNaN {
                    #expect(message.contains("nan") && !message.contains("-nan"), "\(message)")
                } else if value.isInfinite {
                    #expect(message.contains(text), "\(message)")
                }
                guard message.contains("out of range; it must be ") else { continue }
                #expect(isRead && !isInside || kind == .integer, "\(message)")
                #expect(message.hasSuffix("it must be " + parameter.rangeText))
                for bound in parameter.rangeText.split(separator: " ").compactMap({ Double($0) }) {
                    #expect(range!.contains(bound) || bound >= 0x1p62, "\(message)")
                }
                // An end that is left out is one beyond which nothing is.
                if message.contains("at least") { #expect(!(value > range!.lowerBound), "\(message)") }
                if message.contains("at most") { #expect(!(value < range!.upperBound), "\(message)") }
            }
        }
    }

    /// No double is these integers: they are compared as what they are.
    @Test func integersAreComparedExactly() {
        let parameter = Parameter("a", .integer, range: 0...0x1p62, "")
        #expect(failure { _ = try parameter.accept(.integer(1 << 62), owner: "x") }.status == EOS_OK)
        #expect(
            failure { _ = try parameter.accept(.integer(1 << 62 + 1), owner: "x") }.message
                == "x: a = 4611686018427387905 is out of range; it must be 0 to 4611686018427387904")
        #expect(
            failure { _ = try parameter.accept(.number(0x1p63), owner: "x") }.message
                == "x: a = 9.223372036854776e+18 exceeds the integers of 64 bits; it must be 0 to 4611686018427387904"
        )
        #expect(
            failure { _ = try parameter.accept(.number(.infinity), owner: "x") }.message
                == "x: a = inf is a number; it must be an integer")
    }

    /// Caches of probes and the plugins of a run have schemas as JSON: those that an earlier eos wrote stay readable.
    @Test func whatIsWrittenOfAParameterIsWhatItWasMadeOf() throws {
        let json = try JSONText(encoding: schema)
        let names = json["parameters"]?.array?.first?.members?.map(\.0)
        #expect(names == ["key", "kind", "defaultText", "range", "choices", "text", "flags"])
        let again = try JSONText(reading: json.text.utf8).decoded(as: Schema.self)
        #expect(again == schema)
        var given = Configuration()
        given["target"] = .number(2)
        // What is not a number equals nothing.
        given["cap"] = .number(1)
        #expect(try again.resolve(given, for: "test") == schema.resolve(given, for: "test"))
    }

    @Test func theNearestIsNear() {
        let keys = ["step", "shrink", "min_step", "data.file", "c", "xi"]
        let pairs: [(String, String?)] = [
            ("stpe", "step"), ("shrnk", "shrink"), ("minstep", "min_step"), ("file", "data.file"), ("x", nil),
            ("C", "c"), ("xy", "xi"), ("", nil), ("learning_rate", nil),
        ]
        for (word, near) in pairs { #expect(nearest(to: word, in: keys) == near, "\(word)") }
        #expect(nearest(to: "step", in: []) == nil)
    }

    @Test func settingsOfATrainingAreChecked() throws {
        func message(_ text: String) -> String {
            failure {
                var given = Configuration()
                try given.set(assignments: text)
                _ = try TrainerSettings(given)
            }.message
        }
        #expect(message("stop.iteration=5") == "training: unknown key stop.iteration; did you mean stop.iterations?")
        #expect(message("stop.iterations=-1").hasPrefix("training: stop.iterations = -1 is out of range; it must be "))
        #expect(message("stop.iterations=9223372036854775807").contains("is out of range"))
        #expect(message("seed=-1") == "training: seed = -1 is out of range; it must be at least 0")
        #expect(message("stop.seconds=nan").contains("stop.seconds = nan is out of range"))
        #expect(message("sharpness.count=0").contains("it must be 1 to 1000"))
        #expect(message("sharpness.tolerance=0").contains("out of range"))
        #expect(message("stop.loss=auto seed=9223372036854775807") == "")
    }
}
