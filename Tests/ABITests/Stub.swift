import Foundation
import TestSupport

/// A shared object with every function and every struct of a header and nothing in them, for libabigail to look at.
struct Stub {
    let directory: TemporaryDirectory
    var library: String { "\(directory.path)/eos.so" }

    /// - Parameter include: the directory that has eos.h.
    init(of include: String = "include") throws {
        let header = try Header.read(include)
        var source = "#include <eos.h>\n"
        // Pointers, so that a struct that grew at its end does not also change the size of a symbol.
        for record in header.records { source += "\(record.name) *stub_\(record.name);\n" }
        for declaration in header.declarations { source += "\(declaration) { __builtin_trap(); }\n" }

        directory = try TemporaryDirectory()
        try source.write(toFile: "\(directory.path)/eos.c", atomically: true, encoding: .utf8)
        // The name of the source is in what libabigail writes: a relative one is the same everywhere.
        let built = try run(
            "gcc -std=c11 -Wall -Wextra -Wno-unused-parameter -Werror -g -shared -fPIC -I '\(Self.absolute(include))' "
                + "-o eos.so eos.c", in: directory.path)
        guard built.status == 0 else { throw FixtureError("the stub does not build: \(built.output)") }
    }

    /// What libabigail knows of it, as XML, without anything of this machine.
    func describe() throws -> String {
        let written = try run(
            "abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-parameter-names --no-elf-needed "
                + "--out-file eos.abi eos.so", in: directory.path)
        guard written.status == 0 else { throw FixtureError("abidw fails: \(written.output)") }
        return try String(contentsOfFile: "\(directory.path)/eos.abi", encoding: .utf8)
    }

    /// What abidiff finds changed since `recorded`; no line where it finds nothing.
    func changes(since recorded: String) throws -> [String] {
        let found = try run(
            "abidiff --leaf-changes-only --no-show-locs --no-added-syms '\(recorded)' eos.so", in: directory.path)
        // Bits 0 and 1 are failures of the tool and wrong use of it.
        guard found.status & 3 == 0 else { throw FixtureError("abidiff fails: \(found.output)") }
        guard found.status != 0 else { return [] }
        return found.lines.filter { !$0.contains("summary: ") }
    }

    private static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(Tree.root)/\(path)" }
}

/// Of what abidiff found, the lines that are no field appended to a struct.
func incompatible(_ changes: [String]) -> [String] {
    var before = 0
    return changes.filter { line in
        if line.wholeMatch(of: /'struct eos_\w+' changed:/) != nil {
            before = 0
            return false
        }
        if let size = line.wholeMatch(of: /\s*type size changed from (\d+) to (\d+) \(in bits\)/) {
            before = Int(size.1) ?? 0
            return Int(size.2)! < before
        }
        if line.wholeMatch(of: /\s*\d+ data member insertions?:/) != nil { return false }
        if let field = line.wholeMatch(of: /\s*'.*', at offset (\d+) \(in bits\)/) {
            return before == 0 || Int(field.1)! < before
        }
        return true
    }
}
