import Foundation
import Testing
import TestSupport

/// Sizes and offsets of every public struct are those of the table that is checked in.
@Suite struct LayoutTests {
    static let table = "\(Tree.root)/Tests/ABITests/layout.txt"

    /// One line a struct, with its size, and one a field, with its offset and size; all in bytes.
    private func measure() throws -> String {
        var program = "#include <eos.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n"
        for record in try Header.read().records {
            program += "printf(\"\(record.name) %zu\\n\", sizeof(\(record.name)));\n"
            for field in record.fields {
                program += "printf(\"    \(field) %zu %zu\\n\", offsetof(\(record.name), \(field)),"
                program += " sizeof(((\(record.name) *)0)->\(field)));\n"
            }
        }
        program += "return 0; }\n"
        let directory = try TemporaryDirectory()
        try program.write(toFile: "\(directory.path)/layout.c", atomically: true, encoding: .utf8)
        let built = try run("cc -std=c11 -I include -o \(directory.path)/layout \(directory.path)/layout.c")
        try #require(built.status == 0, "\(built.output)")
        return try run("\(directory.path)/layout").output
    }

    /// Fields are only ever appended within a major version. After an addition that is meant, EOS_RECORD=1 writes the
    /// table anew: look at its difference before it is committed.
    @Test(.enabled(if: isX86, "the table is that of x86-64"))
    func layoutIsTheOneRecorded() throws {
        let measured = try measure()
        if ProcessInfo.processInfo.environment["EOS_RECORD"] == "1" {
            try measured.write(toFile: Self.table, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOfFile: Self.table, encoding: .utf8)
        let changes = measured.split(separator: "\n").difference(from: recorded.split(separator: "\n"))
        #expect(changes.isEmpty, "a struct of the header changed: \(changes)")
    }

    private static var isX86: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }
}
