import CEos
import EosCore
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
        ("depth=3", "target is missing; it is a number: the product wanted"),
        ("target=1 dept=3", "unknown key dept; did you mean depth?"),
        ("target=1 train=3", "unknown key train; did you mean data.train?"),
        ("target=1 DEPTH=3", "unknown key DEPTH; did you mean depth?"),
        ("target=1 zzz=3", "unknown key zzz; it takes \(all)"),
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
        ("target=1 layers=[64, 0]", "layers = 0 is out of range; it must be 1 to 1000000"),
        ("target=1 labels=[1]", "labels = [1] is an array of numbers; it must be an array of strings"),
    ])
    func faultsAreSaid(_ text: String, _ expected: String) {
        let failure = failure { _ = try resolve(text) }
        #expect(failure == Failure(status: EOS_E_CONFIG, message: "objective product: " + expected))
    }

    @Test func anEmptySchemaTakesNothing() throws {
        var given = Configuration()
        try given.set(assignments: "a=1")
        #expect(failure { _ = try Schema([]).resolve(given, for: "x") }.message == "x: unknown key a; it takes none")
    }

    @Test func rangesAreSpelledOut() {
        func text(_ range: ClosedRange<Double>?) -> String { Parameter("a", .number, range: range, "").rangeText }
        #expect(text(nil) == "any number")
        #expect(text(0...Double.infinity) == "at least 0")
        #expect(text(1...0x1p63) == "at least 1")
        #expect(text(-Double.infinity...0.5) == "at most 0.5")
        #expect(text(1e-3...0.999) == "0.001 to 0.999")
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
