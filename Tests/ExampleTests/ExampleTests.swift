import Foundation
import Testing
import TestSupport

/// What `make install` puts into a directory of its own, and the examples built against it, as a user would.
@Suite(.serialized) struct ExampleTests {
    static let names = [
        "rosenbrock", "ask_tell", "own_policy", "own_direction", "load_plugin", "own_sharpness", "observer",
        "save_resume",
    ]

    /// A prefix into which this build was installed once, and the examples built against it by the Makefile.
    private static let installed: Result<Installation, any Error> = Result { try Installation() }

    private func installation() throws -> Installation { try Self.installed.get() }

    private func expected(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Tree.root)/examples-c/\(name).expected", encoding: .utf8)
    }

    @Test func everyExampleIsTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(Tree.root)/examples-c")
        #expect(Set(files.filter { $0.hasSuffix(".c") }) == Set(Self.names.map { "\($0).c" }))
        let rosenbrock = try String(contentsOfFile: "\(Tree.root)/examples-c/rosenbrock.c", encoding: .utf8)
        #expect(rosenbrock.split(separator: "\n", omittingEmptySubsequences: false).count - 1 < 40)
    }

    @Test(arguments: names, ["", "-cxx"])
    func printsWhatIsRecorded(_ name: String, _ language: String) throws {
        let result = try installation().run("\(installation().examples)/\(name)\(language)")
        #expect(result.status == 0)
        #expect(try result.output == expected(name))
    }

    /// No error and no leak. Only one kind of block is excused, in valgrind.supp, which says why.
    @Test(.enabled(if: isInstalled("valgrind"), "valgrind is not installed"), arguments: names)
    func isCleanUnderValgrind(_ name: String) throws {
        let kinds = "definite,indirect,possible"
        let result = try installation().run(
            "valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=\(kinds)"
                + " --errors-for-leak-kinds=\(kinds) --suppressions=Tests/ExampleTests/valgrind.supp"
                + " \(installation().examples)/\(name)")
        #expect(result.status == 0)
        #expect(try result.output == expected(name))
    }

    @Test(arguments: names)
    func isCleanUnderSanitizers(_ name: String) throws {
        let place = try installation()
        let built = try place.run(
            """
            cc -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
                -DEOS_PLUGIN_DIR='"'$(pkg-config --variable=plugindir eos)'"' $(pkg-config --cflags eos) \
                -o \(place.examples)/\(name)-asan examples-c/\(name).c $(pkg-config --libs eos) -lm \
                -Wl,-rpath,$(pkg-config --variable=libdir eos)
            """)
        try #require(built.status == 0, "\(built.output)")
        let result = try place.run("\(place.examples)/\(name)-asan")
        #expect(result.status == 0)
        #expect(try result.output == expected(name))
    }

    @Test(.enabled(if: isInstalled("cmake"), "cmake is not installed"))
    func buildsByCMake() throws {
        let place = try installation()
        let build = "\(place.directory.path)/cmake"
        let result = try place.run(
            "cmake -S examples-c -B \(build) -DCMAKE_PREFIX_PATH=\(place.prefix) && cmake --build \(build)"
                + " && ctest --test-dir \(build) --output-on-failure",
            // Found by CMake's own means alone.
            environment: ["PKG_CONFIG_PATH": ""])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("100% tests passed"), "\(result.output)")
    }

    @Test func cmakeRefusesAnotherMajor() throws {
        let place = try installation()
        let source = "\(place.directory.path)/major"
        let result = try place.run(
            """
            mkdir -p \(source) && printf '%s\\n' 'cmake_minimum_required(VERSION 3.16)' 'project(P LANGUAGES C)' \
                'find_package(Eos 2.0 REQUIRED)' >\(source)/CMakeLists.txt &&
            cmake -S \(source) -B \(source)/build -DCMAKE_PREFIX_PATH=\(place.prefix)
            """)
        #expect(result.status != 0 && result.output.contains("version: 1.0.0"), "\(result.output)")
    }

    @Test func pluginsAndTheirNames() throws {
        let place = try installation()
        let sources = try run("ls -d plugins/*/ | xargs -n 1 basename").lines
        let installed = try run("ls \(place.prefix)/lib/eos/plugins").lines
        #expect(installed == sources.map { "\($0).so" })
    }

    @Test func uninstallLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        let staged = "DESTDIR=\(directory.path) PREFIX=/opt/eos"
        let result = try run(
            "make -s install \(staged) && test -e \(directory.path)/opt/eos/lib/libeos.so && make -s uninstall \(staged)"
        )
        #expect(result.status == 0, "\(result.output)")
        #expect(try run("find \(directory.path) -not -type d").output == "")
        let package = try run("find \(directory.path)/opt/eos -name '*eos*' -o -name '*Eos*'")
        #expect(package.lines == ["\(directory.path)/opt/eos"])
    }

    @Test func stagedFilesNameThePlaceWhereTheyWillBe() throws {
        let directory = try TemporaryDirectory()
        let installed = try run("make -s install DESTDIR=\(directory.path) PREFIX=/opt/eos")
        try #require(installed.status == 0, "\(installed.output)")
        let text = try String(contentsOfFile: "\(directory.path)/opt/eos/lib/pkgconfig/eos.pc", encoding: .utf8)
        #expect(text.contains("prefix=/opt/eos\n") && !text.contains(directory.path) && !text.contains("@"))
        #expect(try run("grep -rl '@[A-Z_]*@' \(directory.path)/opt/eos/lib/cmake").output == "")
    }
}
