import EosPluginHost
import Foundation
import TestSupport
import Testing

/// Manifests, and the libraries beside them that know nothing of eos.
@Suite struct ManifestTests {
    private func manifest(_ id: String, library: String, function: String = "bowl") -> String {
        """
        id = "org.example.\(id)"
        version = "1.0.0"
        licence = "MIT"
        library = "\(library)"

        [[objective]]
        id = "org.example.\(id)"
        title = "a bowl"
        dimension = 3
        start = [1, 2, 2]

        [objective.value]
        function = "double \(function)(int n, const double *x, double *g)"
        arguments = { n = "dimension", x = "point", g = "gradient" }
        returns = "value"
        """
    }

    /// A library that is no plugin.
    private func build(_ place: Place, _ name: String, _ onLoad: String = "", factor: Double = 1) throws -> String {
        let source = try place.write(
            """
            #include <signal.h>
            #include <stdio.h>
            double bowl(int n, const double *x, double *g);
            double bowl(int n, const double *x, double *g) {
                double sum = 0;
                for (int i = 0; i < n; i++) g[i] = \(factor) * x[i], sum += \(factor) / 2 * x[i] * x[i];
                return sum;
            }
            __attribute__((constructor)) static void loading(void) { \(onLoad); }
            """, to: name + ".c")
        let (file, temporary) = ("\(place.path)/\(name)", "\(place.path)/\(name).new")
        let result = try run("cc -shared -fPIC -o \(temporary) \(source)")
        try #require(result.status == 0, "\(result.output)")
        try #require(rename(temporary, file) == 0)
        return file
    }

    @Test func areFoundAndMakeObjectives() throws {
        let place = try Place()
        let library = try build(place, "libbowl.so")
        let file = try place.write(manifest("bowl", library: "libbowl.so"), to: "bowl.toml")
        // As they lie beside manifests: a spec, another program's settings.
        _ = try place.write("[objective]\nplugin = \"bowl\"\n[policy]\nname = \"nls\"\n", to: "spec.toml")
        _ = try place.write("[package]\nname = \"library\"\n", to: "other.toml")
        for _ in 0..<2 {
            let found = place.discovery().scan()
            #expect(found.found.map(\.plugin.path) == [file])
            #expect(found.found.first?.plugin.library == library)
            #expect(found.found.first?.probe.explanation?.contains("double bowl(") == true)
            #expect(found.refused.isEmpty)
            #expect(try !Place.isMapped(library))
        }
        #expect(place.discovery().remembered(file) != nil)
        let catalogue = place.discovery().scan().catalogue
        let objective = try catalogue.makeObjective("bowl", host: Host(threads: 1))
        #expect(try objective.evaluate(at: [1.0, 2, 2]) == 4.5)
        #expect(try Place.isMapped(library))
    }

    @Test func whatIsWrongIsSaidWithItsLine() throws {
        let place = try Place()
        let library = try build(place, "libbowl.so")
        let text = try place.write("library = \"libbowl.so\"\nid = 3\n", to: "a.toml")
        let symbol = try place.write(manifest("b", library: "libbowl.so", function: "bowel"), to: "b.toml")
        let missing = try place.write(manifest("c", library: "./libnone.so"), to: "c.toml")
        let refused = place.discovery().scan().refused
        try #require(refused.map(\.path) == [text, symbol, missing], "\(refused.map(\.error.message))")
        #expect(refused[0].error.message.hasPrefix("\(text):2:"))
        #expect(refused[1].error.message.contains("\(library) does not export bowel"))
        #expect(refused[1].error.message.hasPrefix("\(symbol):"))
        #expect(refused[2].error.message.contains("libnone.so: No such file or directory"))
        // The library may come, or be mended, without the manifest being touched.
        #expect(place.discovery().remembered(text) != nil)
        #expect(place.discovery().remembered(symbol) == nil && place.discovery().remembered(missing) == nil)
    }

    /// The library is what crashes; the manifest stands for it.
    @Test func aLibraryThatCrashesIsTriedAgainOnceItIsAnother() throws {
        let place = try Place()
        _ = try build(place, "libbowl.so", "fputs(\"no\", stderr); raise(SIGSEGV)")
        let file = try place.write(manifest("bowl", library: "libbowl.so"), to: "bowl.toml")
        for _ in 0..<2 {
            let refused = place.discovery().scan().refused
            #expect(refused.map(\.path) == [file])
            #expect(refused.first?.probe?.signal?.number == SIGSEGV && refused.first?.probe?.error.beginning == "no")
        }
        #expect(place.discovery().remembered(file)?.signal != nil)
        _ = try build(place, "libbowl.so")
        #expect(place.discovery().remembered(file) == nil)
        let catalogue = place.discovery().scan().catalogue
        _ = try build(place, "libbowl.so", factor: 2)
        let objective = try catalogue.makeObjective("bowl", host: Host(threads: 1))
        #expect(try objective.evaluate(at: [1.0, 2, 2]) == 9)
    }

    @Test func aLibraryThatOthersCouldHaveWrittenIsNotRun() throws {
        let place = try Place()
        let elsewhere = try Place()
        let tally = elsewhere.path + "/ran"
        let library = try build(elsewhere, "libbowl.so", "fclose(fopen(\"\(tally)\", \"w\"))")
        let file = try place.write(manifest("bowl", library: library), to: "bowl.toml")
        chmod(library, 0o666)
        #expect(
            place.discovery().scan().refused.map(\.error.message) == [
                "\(file): \(library): is not trusted: it is writable by everyone (mode 666); run chmod o-w \(library)"
            ])
        #expect(!FileManager.default.fileExists(atPath: tally))
        chmod(library, 0o644)
        #expect(place.discovery().scan().found.count == 1)
        #expect(FileManager.default.fileExists(atPath: tally))
    }
}
