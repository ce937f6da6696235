import Foundation
import TestSupport
import Testing

/// The kit for authors of plugins in C, and what it promises: later releases append fields, and no build breaks.
@Suite struct KitTests {
    static let warnings = "-Wall -Wextra -Wpedantic -Werror"
    static let languages = ["cc -x c -std=c11", "c++ -x c++ -std=c++17"]

    /// Programs that check themselves, with a host of their own, under the sanitizers.
    @Test(arguments: languages, ["parts", "entry"]) func keepsItsWord(_ compiler: String, _ program: String) throws {
        let directory = try TemporaryDirectory()
        let build = try run(
            "\(compiler) \(Self.warnings) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -I include"
                + " -o \(directory.path)/kit Tests/ABITests/Fixtures/kit/\(program).c")
        try #require(build.status == 0, "\(build.output)")
        // More memory than there is is asked for, which the sanitizer would end the program for.
        let result = try run("\(directory.path)/kit", environment: ["ASAN_OPTIONS": "allocator_may_return_null=1"])
        #expect(result.status == 0 && result.output.hasSuffix("ok\n"), "\(result.output)")
    }

    /// The entry without the kit, whose macros have the same names: a file includes one of the two headers.
    @Test func oneLineDefinesTheEntryWithoutTheKit() throws {
        let directory = try TemporaryDirectory()
        let compile = "\(Self.languages[0]) \(Self.warnings) -I include"
        let build = try run("\(compile) -o \(directory.path)/entry Tests/ABITests/Fixtures/one_line.c")
        try #require(build.status == 0, "\(build.output)")
        let result = try run("\(directory.path)/entry")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.output)")
        for headers in [["entry.h", "kit.h"], ["kit.h", "entry.h"]] {
            let lines = headers.map { "'#include <eos/\($0)>'" }.joined(separator: " ")
            let both = try run("printf '%s\\n' \(lines) | \(compile) -fsyntax-only -")
            #expect(both.status != 0 && both.output.contains("include eos/entry.h or eos/kit.h, not both"))
        }
    }

    /// The compiler holds the arguments of eos_fail against its format, as it does for printf.
    @Test(arguments: languages) func aFormatIsHeldAgainstItsArguments(_ compiler: String) throws {
        func compile(_ argument: String) throws -> Int32 {
            let call = "eos_fail(host, EOS_E_CONFIG, \"depth = %d\", \(argument))"
            return try run(
                "printf '%s\\n' '#include <eos/kit.h>' 'eos_status f(const eos_host *host);'"
                    + " 'eos_status f(const eos_host *host) { return \(call); }'"
                    + " | \(compiler) \(Self.warnings) -fsyntax-only -I include -"
            ).status
        }
        #expect(try compile("3") == 0)
        #expect(try compile("\"three\"") != 0)
    }

    /// Every C file of a plugin or an example, as it is compiled: what its author wrote for today's header.
    private static let authored: [(files: String, compilers: [String])] = [
        ("plugins/*/*.c", [languages[0]]), ("examples/plugins/*.c", [languages[0]]), ("examples-c/*.c", languages),
        ("Tests/ABITests/Fixtures/one_line.c", [languages[0]]),
        ("Tests/ABITests/Fixtures/kit/*.c", languages),
    ]

    @Test func appendedFieldsBreakNoBuild() throws {
        let headers = try EditedHeaders()
        var appended = 0
        let directory = "\(headers.path)/eos"
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(".h") {
            try headers.edit(name) { text in
                let edited = text.replacing(/(?m)^\}( eos_\w+)?;$/) { match in
                    // An enumeration has no name here; of the structs, eos_host alone has none either.
                    if match.1 == nil, name != "host.h" { return String(match.0) }
                    appended += 1
                    return "    double appended;\n\(match.0)"
                }
                return edited
            }
        }
        #expect(appended >= 25, "structs were overlooked")
        // Pragmas of C11 that gcc does not have are clang's.
        for (files, compilers) in Self.authored {
            for compiler in compilers {
                let result = try run(
                    """
                    for file in \(files); do
                        \(compiler) \(Self.warnings) -Wno-unknown-pragmas -fsyntax-only -I '\(headers.path)' "$file" || echo "$file: broken"
                    done
                    """)
                #expect(result.output.isEmpty, "\(compiler): \(result.output)")
            }
        }
    }
}
