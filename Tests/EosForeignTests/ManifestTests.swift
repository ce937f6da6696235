import CEos
import EosCore
import EosForeign
import Foundation
import TestSupport
import Testing

@Suite struct ManifestTests {
    /// One that is right, to break.
    static let good = """
        [struct.pair]
        fields = "double a; float *b; int c"
        [[setup]]
        function = "void *session_open(void)"
        returns = { handle = "session" }
        [[objective]]
        id = "org.example.good"
        dimension = 2
        start = [1, 2]
        [objective.parameters.size]
        type = "integer"
        default = 2
        [objective.value]
        function = "double f(int n, const double *x, double *g, const char *s, struct pair *p, void *h, uint8_t k)"
        returns = "value"
        [objective.value.arguments]
        n = "dimension"
        x = "point"
        g = "gradient"
        s = { constant = "text" }
        p = { struct = { a = 1, b = { array = [1] }, c = { parameter = "size" } } }
        h = { handle = "session" }
        k = 255
        """

    @Test func describesWhatItOffersWithoutLoading() throws {
        let manifest = try ObjectiveLab.manifest("/nowhere/libgood.so", Self.good)
        let description = manifest.description
        #expect(description.id == "org.example.test" && description.version == "1" && description.licence == "MIT")
        #expect(description.library == "/nowhere/libgood.so" && description.abi == nil)
        let offer = try #require(description.objectives.first)
        #expect(offer.name == "good" && offer.schema.parameters.map(\.key) == ["size", "dtype"])
        #expect(offer.schema.parameters[1].defaultText == "f64")
    }

    @Test func explainsHowEachArgumentIsPassed() throws {
        let text = try ObjectiveLab.manifest("libgood.so", Self.good).describeCalls()
        for line in [
            "library: libgood.so", "once, before the first object:", "    returns the handle session",
            "objective org.example.good, natively f64", "the call for the value also gives the gradient",
            "    returns the value", "    n (int32_t): the number of parameters, by value",
            "    x (const double *): the point: directly in dtype f64, converted in dtype f32",
            "    p (struct pair *): struct pair, by reference", "      a (double): 1, by value",
            "      c (int32_t): the parameter size, by value", "    h (void *): the handle session",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line) is not in\n\(text)")
        }
    }

    /// What is replaced in the one that is right, by what, and what is said then.
    @Test(arguments: [
        ("id = \"org.example.good\"", "id = \"good\"", "test.toml:11: objective.id: this id is \"good\""),
        ("id = \"org.example.good\"", "", "test.toml:10: objective: id is missing"),
        (
            "dimension = 2", "dimention = 2",
            "test.toml:12: objective.dimention: unknown key dimention; did you mean dimension?"
        ),
        (
            "dimension = 2", "dimension = 0",
            "test.toml:12: objective.dimension: 0 is given; give an integer from 1"
        ),
        ("dimension = 2", "dimension = \"siz\"", "there is no parameter siz; did you mean size?"),
        (
            "dimension = 2", "dimension = 3",
            "test.toml:13: objective.start: 2 numbers are given, but the dimension is 3"
        ),
        ("start = [1, 2]", "start = { uniform = [2, 1] }", "uniform needs two finite numbers, the smaller one first"),
        ("start = [1, 2]", "start = { gauss = 2 }", "unknown key gauss"),
        ("start = [1, 2]", "", "start is missing: the starting point"),
        ("start = [1, 2]", "start = 1\ngradient = \"differences\"", "f already gives the gradient; remove this table"),
        ("[[setup]]", "[setup]", "test.toml:7: setup: write [[setup]], with two brackets"),
        ("[[objective]]", "[[objektive]]", "unknown key objektive; did you mean objective?"),
        (
            "{ handle = \"session\" }\nk", "{ handle = \"sesion\" }\nk",
            "no setup call sets the handle sesion; did you mean session?"
        ),
        ("n = \"dimension\"", "", "the argument n of f, int32_t, has no role"),
        (
            "n = \"dimension\"", "n = \"dimensoin\"",
            "test.toml:21: objective.value.arguments.n: unknown role dimensoin; did you mean dimension?"
        ),
        ("n = \"dimension\"", "m = \"dimension\"", "unknown key m"),
        ("n = \"dimension\"", "n = \"direction\"", "direction has no meaning in a function for the value"),
        ("n = \"dimension\"", "n = { parameter = \"sizes\" }", "there is no parameter sizes; did you mean size?"),
        (
            "n = \"dimension\"", "n = { point = 2 }",
            "2 is not a coordinate; give an integer from 0 to the dimension minus one, 1"
        ),
        ("n = \"dimension\"", "n = 2.5", "objective.value.arguments.n: 2.5 does not fit into int32_t"),
        ("n = \"dimension\"", "n = \"null\"", "int32_t can't be null; use a pointer"),
        ("n = \"dimension\"", "n = [1]", "an array can't be a role of int32_t; write { array = [...] }"),
        ("n = \"dimension\"", "n = { dimension = 3 }", "this role has no value; write \"dimension\" alone"),
        ("n = \"dimension\"", "n = {}", "unknown role {}"),
        ("n = \"dimension\"", "n = { constant = 1, stride = 2 }", "unknown key stride"),
        ("k = 255", "k = 256", "256 does not fit into uint8_t"),
        (
            "k = 255", "k = \"status\"",
            "the status is stored by the function and can't be passed as uint8_t"
        ),
        ("k = 255", "k = \"wants_gradient\"", ""),
        ("x = \"point\"", "x = { role = \"point\", stride = 0 }", "0 is given; give an integer from 1 to 1024"),
        (
            "x = \"point\"", "x = \"gradient\"",
            "the gradient is stored by the function and can't be passed as const double *"
        ),
        (
            "x = \"point\"", "x = { array = [1, 2] }",
            "test.toml:18: objective.value.function: f does not give or take the point"
        ),
        ("s = { constant = \"text\" }", "s = \"point\"", "the point can't be passed as const char *"),
        ("x = \"point\"", "x = { constant = \"text\" }", "a string can't be passed as const double *"),
        ("b = { array = [1] }", "b = { array = [\"1\"] }", "give a number"),
        ("b = { array = [1] }, ", "", "the field b of struct pair has no role"),
        ("b = { array", "d = { array", "unknown key d"),
        ("struct pair *p", "struct pare *p", "struct pare has no layout; declare it as [struct.pare]"),
        ("struct pair *p", "struct pair **p", "struct pair ** is neither a struct nor a pointer to one"),
        (
            "struct pair *p", "piar *p",
            "test.toml:18: objective.value.function: column 60: unknown type piar; did you mean pair?"
        ),
        ("double f(int n", "f(int n", "unknown type f"),
        ("returns = \"value\"\n", "", "f returns double, which has no meaning yet; write returns = \"value\""),
        (
            "returns = \"value\"", "returns = \"valeu\"",
            "\"valeu\" can't be the result of a function for the value; did you mean value?"
        ),
        ("returns = \"value\"", "returns = \"status\"", "f returns double, which can't be the status"),
        (
            "returns = \"value\"", "returns = \"nothing\"",
            "f does not give or take the value; write returns = \"value\""
        ),
        ("returns = \"value\"", "returns = \"value\"\nscale = 0", "the scale 0.0 is not allowed"),
        (
            "g = \"gradient\"", "g = \"null\"",
            "no function gives the gradient; give an argument the role \"gradient\", add a table"
        ),
        ("type = \"integer\"", "type = \"int\"", "unknown type int"),
        ("default = 2\n", "default = 2.5\n", "objective.parameters.size.default: default: size = 2.5"),
        ("default = 2\n", "default = 2\nminimum = 3\n", "is out of range; it must be at least 3"),
        ("[objective.parameters.size]", "[objective.parameters.dtype]", "dtype is a key of eos"),
        (
            "fields = \"double a; float *b; int c\"", "fields = \"union u a\"",
            "test.toml:6: struct.pair.fields: column 1: union"
        ),
        ("fields = \"double a; float *b; int c\"", "fields = \"pair a\"", "struct pair contains itself"),
        (
            "returns = { handle = \"session\" }", "returns = { handel = \"session\" }",
            "unknown key handel; did you mean handle?"
        ),
        ("void *session_open(void)", "int session_open(void)", "but a handle is a pointer"),
        (
            "dimension = 2", "dimension = 1979-05-27",
            "test.toml:12:13: 1979-05-27: dates and times are not supported"
        ),
        ("dimension = 2", "dimension = ", "test.toml:12:13: this is not TOML: a value is expected after '='"),
        ("dimension = 2", "\"a b\" = 2", "a key may contain letters, digits"),
    ])
    func refusals(_ what: String, _ by: String, _ message: String) throws {
        let range = try #require(Self.good.range(of: what))
        let text = Self.good.replacingCharacters(in: range, with: by)
        if message.isEmpty {
            _ = try ObjectiveLab.manifest("libgood.so", text)
            return
        }
        let error = #expect(throws: EosError.self) { try ObjectiveLab.manifest("libgood.so", text) }
        #expect(error?.status == eos_status(EOS_E_CONFIG))
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("test.toml:") == true)
    }

    @Test(arguments: [
        ("", "id is missing"), ("\u{0}", "test.toml:1:1: this is not TOML: a key is expected"),
        ("id = 3", "id: 3 is given; give a string"),
        (String(repeating: "x", count: 1 << 19), "bytes are too many for a manifest"),
        ("a = " + String(repeating: "[", count: 1000), "test.toml:1:69: values are nested too deeply"),
        (String(repeating: "a.", count: 1000) + "b = 1", "test.toml:1:129: values are nested too deeply"),
        (ObjectiveLab.head("x.so"), "the manifest offers nothing"),
        (ObjectiveLab.head(""), "the name is empty"),
    ])
    func textsThatAreNoManifests(_ text: String, _ message: String) {
        let error = #expect(throws: EosError.self) { try Manifest(text: text, file: "test.toml") }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func readsFilesAndLooksBesideThem() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/good.toml"
        func error() -> String {
            do throws(EosError) {
                _ = try ForeignLibrary.load(try Manifest.read(path: file))
                return ""
            } catch { return error.message }
        }
        #expect(error().hasPrefix("\(file): No such file or directory"))
        try Data([0xff, 0xfe]).write(to: URL(filePath: file))
        #expect(error() == "\(file): this is not a UTF-8 text file; give a manifest in TOML")
        try (ObjectiveLab.head("libgood.so") + Self.good).write(toFile: file, atomically: true, encoding: .utf8)
        #expect(error().hasPrefix("\(file):4: library: libgood.so: is not found by the loader"))
        // One without a slash lies beside the manifest where there is such a file.
        let library = try Manifest.read(path: file).location
        #expect(library == .name("libgood.so"))
        try "no library".write(toFile: "\(directory.path)/libgood.so", atomically: true, encoding: .utf8)
        #expect(error().contains("is not a shared object, because it has no ELF header"))
        try FileManager.default.removeItem(atPath: "\(directory.path)/libgood.so")
        try FileManager.default.copyItem(
            atPath: try ObjectiveLab.c.get(), toPath: "\(directory.path)/libgood.so")
        #expect(error().contains("good.toml:8: setup.function: "))
        #expect(error().contains("does not export session_open; nm -D lists its exports"))
        let fits = Self.good.replacing("void *session_open(void)", with: "void *problem_neu(void)")
        try (ObjectiveLab.head("libgood.so") + fits).write(toFile: file, atomically: true, encoding: .utf8)
        #expect(error().contains("does not export problem_neu"))
    }

    @Test(.enabled(if: isInstalled("gfortran"))) func theUnderscoreOfFortranIsPointedOut() throws {
        let text = ObjectiveTests.rosen.replacing("double rosen(", with: "double FG(")
        let manifest = try ObjectiveLab.manifest(try ObjectiveLab.fortran.get(), text)
        let error = #expect(throws: EosError.self) { try ForeignLibrary.load(manifest) }
        #expect(
            error?.message.contains("does not export FG, but it exports fg_; write that") == true,
            "\(error?.message ?? "")")
    }

    /// What only the values of a spec decide is refused when the object is made.
    @Test(arguments: [
        (
            "double rosen(unsigned n", "double rosen(int8_t n", "size=200",
            "rosen: n: the dimension 200 does not fit into int8_t"
        ),
        ("", "", "size=1", "the starting point has 2 coordinates, but the dimension is 1"),
        ("", "", "size=0", "returned the dimension 0; it must be from 1 to 2^40"),
        ("calls = 0", "calls = { parameter = \"size\" }", "size=4000000000", "does not fit into int32_t"),
        ("", "", "dtype=f16", "dtype = \"f16\" is not one of f32, f64"),
        ("", "", "seize=3", "unknown key seize; did you mean size?"),
    ])
    func valuesThatDoNotFit(_ what: String, _ by: String, _ settings: String, _ message: String) throws {
        var text = ObjectiveTests.rosen.replacing("dimension = 2", with: "dimension = \"size\"").replacing(
            "[objective.value]", with: "[objective.parameters.size]\ntype = \"integer\"\ndefault = 2\n[objective.value]"
        )
        if !what.isEmpty { text = text.replacing(what, with: by) }
        if settings == "size=200" || settings == "size=4000000000" {
            text = text.replacing("start = [-1.2, 1.0]", with: "start = 1")
        }
        if settings == "size=4000000000" { text = text.replacing("dimension = \"size\"", with: "dimension = 2") }
        let error = #expect(throws: EosError.self) { _ = try ObjectiveLab(try ObjectiveLab.c.get(), text, settings) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
