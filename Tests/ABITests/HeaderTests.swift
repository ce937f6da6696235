import CEos
import Foundation
import Testing
import TestSupport

/// The header compiles as every language that it is for, all warnings on, whole and each file on its own.
@Suite struct HeaderTests {
    static let files: [String] = {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(Tree.root)/include/eos")) ?? []
        return ["eos.h"] + names.filter { $0.hasSuffix(".h") }.sorted().map { "eos/\($0)" }
    }()

    static let compilers = [
        "gcc -x c -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wc++-compat",
        "g++ -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wno-error=old-style-cast",
        "clang -x c -std=c11 -Weverything -Wno-padded -Wno-unsafe-buffer-usage -Wno-unknown-warning-option"
            + " -Wno-declaration-after-statement -Wno-pre-c11-compat -Wno-unused-function",
        "clang -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow",
    ]

    @Test func thereAreFiles() { #expect(Self.files.count >= 19) }

    /// A toolchain of Swift need not put its clang on the path; `make setup` sees to gcc and g++.
    private static let present = compilers.filter { !$0.hasPrefix("clang") || isInstalled("clang") }

    @Test(arguments: files, present)
    func compiles(_ file: String, _ compiler: String) throws {
        let result = try run("printf '#include <\(file)>\\n' | \(compiler) -Werror -fsyntax-only -I include -")
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func versionsAgree() {
        #expect(UInt32(EOS_ABI) == UInt32(EOS_ABI_MAJOR) << 16 | UInt32(EOS_ABI_MINOR))
        let parts = EOS_VERSION_STRING.split(separator: ".")
        #expect(parts.count == 3 && parts[0] == "\(EOS_ABI_MAJOR)" && parts[1] == "\(EOS_ABI_MINOR)")
    }

    @Test func everyStructThatIsFilledStartsWithItsSize() throws {
        // These are lent by value inside arrays or never filled by a caller.
        let exempt: Set = ["eos_eigenvalue"]
        for record in try Header.read().records where !exempt.contains(record.name) {
            #expect(record.fields.first == "struct_size", "\(record.name)")
        }
    }
}
