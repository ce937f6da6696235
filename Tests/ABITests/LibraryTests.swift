import Foundation
import Testing
import TestSupport

/// The library as a linker sees it: what it exports, what it is called, what it needs.
@Suite struct LibraryTests {
    static let library = "\(Tree.products)/libEosExports.so"

    @Test func exportsExactlyTheFunctionsOfTheHeader() throws {
        let header = try Header.read()
        #expect(header.functions.count > 50)
        #expect(header.hidden.isEmpty, "declared without EOS_EXPORT: \(header.hidden)")
        let symbols = try run("nm -D --defined-only '\(Self.library)'")
        try #require(symbols.status == 0, "\(symbols.output) run make build first")
        let exported = Set(symbols.lines.compactMap { $0.split(separator: " ").last.map(String.init) })
        #expect(exported.subtracting(header.functions).isEmpty, "exported, but not in the header")
        #expect(header.functions.subtracting(exported).isEmpty, "in the header, but not exported")
    }

    @Test func isFoundByItsSoname() throws {
        let dynamic = try run("readelf -dW '\(Self.library)'")
        #expect(dynamic.output.contains("Library soname: [libeos.so.1]"), "\(dynamic.output)")
    }

    @Test func needsNoSwiftInstallation() throws {
        let dynamic = try run("readelf -dW '\(Self.library)'")
        let needed = dynamic.output.matches(of: /Shared library: \[([^\]]+)\]/).map { String($0.1) }
        let system: Set = [
            "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1",
            "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
        ]
        #expect(!needed.isEmpty)
        #expect(Set(needed).subtracting(system).isEmpty, "libeos.so needs \(needed)")
        // Nor does anything that these need in turn.
        let all = try run("ldd '\(Self.library)'")
        #expect(all.status == 0 && !all.output.contains("swift") && !all.output.contains("not found"), "\(all.output)")
    }

    @Test func stackIsNotExecutable() throws {
        let segments = try run("readelf -lW '\(Self.library)'")
        let stack = segments.lines.first { $0.contains("GNU_STACK") }
        #expect(stack?.contains("RW ") == true && stack?.contains("RWE") == false, "\(stack ?? "no GNU_STACK")")
    }

    /// A C program that links the library starts, makes and frees a context, and ends: correctly, without any Swift to
    /// be found, and, at best of many, in under 5 ms.
    @Test func programStartsAndEndsQuickly() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let built = try run(
            """
            ln -s '\(Self.library)' \(path)/libeos.so && ln -s '\(Self.library)' \(path)/libeos.so.1 &&
            cd Benchmarks/startup &&
            cc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -I ../../include -o \(path)/start start.c -L \(path) -leos \
                -Wl,-rpath,\(path) &&
            cc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -o \(path)/startup startup.c
            """)
        try #require(built.status == 0, "\(built.output)")
        let once = try run("env -i \(path)/start")
        #expect(once.status == 0 && once.output == "1.0.0\n", "\(once.output)")
        let times = try run("env -i \(path)/startup 50 \(path)/start")
        let best = times.output.firstMatch(of: /best ([0-9.]+) ms/).flatMap { Double($0.1) }
        #expect(try #require(best, "\(times.output)") < 5, "\(times.output)")
    }
}
