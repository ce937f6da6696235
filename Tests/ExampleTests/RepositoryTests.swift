import Foundation
import TestSupport
import Testing

/// What goes with a release besides the programs: licences, and the versions of what it is built from.
@Suite struct RepositoryTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Tree.root)/\(path)", encoding: .utf8)
    }

    @Test func licencesAreInstalled() throws {
        let directory = try TemporaryDirectory()
        let installed = try run(
            "make -s install DESTDIR=\(directory.path) PREFIX=/opt/eos PRODUCTS=\(Tree.products)"
                + " && diff -r LICENSE \(directory.path)/opt/eos/share/doc/eos/LICENSE"
                + " && diff -r NOTICE \(directory.path)/opt/eos/share/doc/eos/NOTICE")
        #expect(installed.status == 0, "\(installed.output)")
    }

    /// The packages whose objects the linker was given for a product.
    private func linkedPackages(_ product: String) throws -> Set<String> {
        let file = "\(Tree.products)/\(product).product/Objects.LinkFileList"
        let list = try String(contentsOfFile: file, encoding: .utf8)
        let modules = Set(list.matches(of: #/release/([^/]+)\.build//#).map { String($0.1) })
        #expect(modules.count > 10)
        return try Set(modules.compactMap { try package(of: $0) })
    }

    /// The package of a module, from where its first source lies; nil: it is one of ours.
    private func package(of module: String) throws -> String? {
        let directory = "\(Tree.products)/\(module).build"
        let source = "$(ls \(directory)/output-file-map.json 2>/dev/null || find \(directory) -name '*.d' | head -n 1)"
        let found = try run(
            "grep -o '\(Tree.root)/[^\" ]*[.]\\(swift\\|c\\|cpp\\)' \(source) | grep -v '/primary[.]swift$' | head -n 1"
        ).output
        return found.firstMatch(of: #/checkouts/([^/]+)//#).map { String($0.1) }
    }

    /// NOTICE names every package whose objects are in a program, and no other.
    @Test func noticeNamesWhatIsLinked() throws {
        let packages = Set(try ["eos", "eosd", "eos-worker"].flatMap { try linkedPackages($0) })
        #expect(packages.contains("swift-argument-parser") && packages.contains("GRDB.swift"), "\(packages)")
        let named = Set(
            try text("NOTICE").split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(packages.subtracting(named) == [], "NOTICE names no \(packages.subtracting(named))")
        let checkouts = Set(try FileManager.default.contentsOfDirectory(atPath: "\(Tree.products)/../../checkouts"))
        let surplus = named.intersection(checkouts).subtracting(packages)
        #expect(surplus == [], "NOTICE names \(surplus), which no program contains")
    }

    @Test func everyDependencyHasAVersion() throws {
        let recorded = Set(
            try text("packaging/versions.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }
                .compactMap { $0.split(separator: " ").first.map(String.init) })
        let dependencies = try text("Package.swift").matches(of: #/package\(url: "[^"]*/([^/"]+)"/#)
            .map { $0.1.lowercased() }
        #expect(dependencies.count > 3)
        for name in dependencies { #expect(recorded.contains(name), "packaging/versions.txt has no \(name)") }
    }

    @Test func anotherVersionIsNamed() throws {
        let directory = try TemporaryDirectory()
        let pin = { (name: String, version: String, revision: String) in
            #"{"identity": "\#(name)", "state": {"version": "\#(version)", "revision": "\#(revision)"}}"#
        }
        let pins = [pin("same", "1.0.0", "aa"), pin("newer", "2.1.0", "bb"), pin("added", "3.0.0", "cc")]
        try #"{"pins": [\#(pins.joined(separator: ", "))]}"#
            .write(toFile: "\(directory.path)/resolved", atomically: true, encoding: .utf8)
        try "# comment\nsame 1.0.0 aa\nnewer 2.0.0 b0\ngone 4.0.0 dd\n"
            .write(toFile: "\(directory.path)/recorded", atomically: true, encoding: .utf8)
        let files = "--resolved \(directory.path)/resolved --recorded \(directory.path)/recorded"
        let warned = try run("scripts/versions \(files)")
        #expect(warned.status == 0)
        #expect(warned.output.contains("newer is 2.1.0 (bb); a release has 2.0.0 (b0)"), "\(warned.output)")
        #expect(warned.output.contains("added 3.0.0 is not among"), "\(warned.output)")
        #expect(warned.output.contains("gone 4.0.0 is in a release"), "\(warned.output)")
        #expect(!warned.output.contains("same"))
        #expect(try run("scripts/versions --strict \(files)").status == 1)
        let absent = "--resolved \(directory.path)/absent --recorded \(directory.path)/recorded"
        #expect(try run("scripts/versions \(absent)").status == 0)
        #expect(try run("scripts/versions --strict \(absent)").status == 1)
        // Recorded anew, nothing differs.
        #expect(try run("scripts/versions --record \(files) && scripts/versions --strict \(files)").output == "")
    }
}
