import EosPluginHost
import Glibc
import TestSupport
import Testing

/// A library calls its own functions, whatever the program has under the same names.
@Suite struct OwnNamesTests {
    private static let source = "Tests/Fixtures/clashing.c"
    /// A compiler takes names of libm for what it knows.
    private static let options = ["-fno-builtin", "-O2"]

    private func lab(_ library: String) throws -> ObjectiveLab {
        try ObjectiveLab(
            library,
            """
            [[objective]]
            id = "org.example.clashing"
            dimension = 2
            start = 1
            [objective.value]
            function = "double clashing(const double *x, double *gradient)"
            arguments = { x = "point", gradient = "gradient" }
            returns = "value"
            """)
    }

    private func value(_ library: String, _ x: [Double]) throws -> Double {
        let there = try lab(library).evaluate(x)
        #expect(there.gradient[0] == 2 * x[0])
        return there.value
    }

    private func symbol(_ name: String) throws -> UnsafeMutableRawPointer? { dlsym(dlopen(nil, RTLD_NOW), name) }

    /// Without these the tests below would hold for any library.
    @Test func theProgramHasThem() throws {
        for name in ["gamma", "j1", "crc32", "signgam"] { #expect(try symbol(name) != nil, "\(name)") }
    }

    @Test func callsPointersAndVariables() throws {
        let library = try BuiltFixture.build(Self.source, Self.options)
        #expect(try value(library, [4, 1]) == 16 + 3 + 13 + 5)
        // The program's own stay where they are.
        typealias Function = @convention(c) (Double) -> Double
        let gamma = unsafeBitCast(try #require(try symbol("gamma")), to: Function.self)
        #expect(abs(gamma(4) - 1.791759469228055) < 1e-12)
    }

    /// Tables that the loader makes read-only.
    @Test(arguments: [["-Wl,-z,relro,-z,now"], ["-Wl,-z,norelro"], ["-Wl,-z,lazy"], ["-fno-plt"], ["-Wl,-Bsymbolic"]])
    func howeverItIsLinked(_ linking: [String]) throws {
        let library = try BuiltFixture.build(Self.source, Self.options + linking)
        #expect(try value(library, [4, 1]) == 16 + 3 + 13 + 5)
    }

    /// Those of a library that it needs.
    @Test func whatComesAlong() throws {
        let inner = try BuiltFixture.build(Self.source, Self.options + ["-DINNER"])
        let library = try BuiltFixture.build(Self.source, Self.options + ["-DOUTER", inner, "-lm", "-lz"])
        #expect(try value(library, [4, 1]) == 16 + 3 + 13 + 5)
    }

    @Test func aLibraryWithoutAClashIsLeftAlone() throws {
        // Its gamma is that of libm: it has none of its own.
        let library = try BuiltFixture.build(
            Self.source, Self.options + ["-DOUTER", "-lm", "-lz"], key: "no clash")
        let (four, one) = (1.791759469228055, 0.44005058574493355)
        let expected = four + one
        let there = try lab(library).evaluate([4, 1])
        // crc32 of zlib and signgam of libm are integers.
        #expect(abs(there.value - expected - (there.value - expected).rounded()) < 1e-9)
        #expect(there.value != 16 + 3 + 13 + 5)
    }

    @Test func cxxFortranAndThreads() throws {
        let cxx = try BuiltFixture.build("Tests/Fixtures/clashing.cpp", ["-fno-builtin"])
        #expect(try value(cxx, [4, 1]) == 16 + 3 + 8 + 1 + 1)
        #expect(try value(try BuiltFixture.build("Tests/Fixtures/clashing.f90"), [4, 1]) == 16 + 24)
        let parallel = try BuiltFixture.build(Self.source, Self.options + ["-fopenmp", "-lgomp"], key: "openmp")
        #expect(try value(parallel, [4, 1]) == 16 + 3 + 13 + 5)
    }

    @Test func aPluginOfItsOwn() throws {
        let file = try BuiltFixture.build(Self.source, Self.options + ["-DPLUGIN"])
        let plugin = try LoadedPlugin.load(path: file)
        #expect(plugin.id == "org.example.clashing" && plugin.takeRemarks().isEmpty)
    }

    /// They ran before anything could be done.
    @Test func initialisersAreWarnedOf() throws {
        let file = try BuiltFixture.build(Self.source, Self.options + ["-DPLUGIN", "-DEARLY"])
        let remarks = try LoadedPlugin.load(path: file).takeRemarks()
        #expect(
            remarks.contains(
                "\(file): clashing.so defines gamma, which libm.so.6 also defines, and may have used the wrong one "
                    + "when it was loaded; link it with -Wl,-Bsymbolic-functions"), "\(remarks)")
    }
}
