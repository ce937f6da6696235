import CEos
import EosCore
import EosDiscovery
import EosPluginHost
import Foundation
import TestSupport
import Testing

@Suite struct ScanTests {
    @Test func scansAllAndSaysWhatItRefused() throws {
        let (first, second) = (try Place(), try Place())
        let fixture = try first.build("b.so")
        let text = try first.write("text", to: "a.so")
        _ = try first.write("text", to: "README")
        _ = try first.write("[objective]\nplugin = \"bowl\"\n", to: "spec.toml")
        let shadowed = try second.build("a.so")
        let double = try second.build("c.so", defines: ["PLUGIN_ID=\"com.other\""])
        let fine = try second.build("z.so", id: "fine")
        symlink(fixture, second.path + "/link.so")

        let missing = first.path + "/missing"
        var discovery = first.discovery(directories: [missing, first.path, second.path])
        discovery.path.directories.insert(.init(missing, origin: "the installation"), at: 0)
        let found = discovery.scan()
        #expect(found.found.map(\.plugin.path) == [fixture, fine])
        #expect(found.catalogue.plugins.map(\.path) == [fixture, fine])
        #expect(found.shadowed.map(\.plugin.path) == [shadowed])
        #expect(found.shadowed.map(\.by.path) == [fixture])
        #expect(
            found.refused.map(\.error.message) == [
                "\(missing): No such file or directory; it is a plugin directory of EOS_PLUGIN_PATH",
                "\(text): is not a shared object, because it has no ELF header",
                "\(double): the objective org.example.bowl is already offered by \(fixture)",
            ])
        #expect(found.refused.map(\.path) == [missing, text, double])
        #expect(found.refused[0].probe == nil && found.refused[1].probe != nil)
        #expect(found.disuse(of: fixture) == nil)
        #expect(found.disuse(of: shadowed) == "\(fixture) has the same id org.example.fixture")
        #expect(found.disuse(of: text) == found.refused[1].error.message)
        #expect(found.disuse(of: "/none.so") == "it is not on the search path")
    }

    @Test func loadsOnlyWhatIsNeededAndWhenItIs() throws {
        let place = try Place()
        let (wanted, other) = (try place.build("a.so", id: "wanted"), try place.build("b.so", id: "other"))
        let catalogue = place.discovery().scan().catalogue
        #expect(try !Place.isMapped(wanted) && !Place.isMapped(other))
        let objective = try catalogue.makeObjective("org.wanted.bowl", host: Host(threads: 1))
        #expect(objective.space.count == 3)
        #expect(try Place.isMapped(wanted) && !Place.isMapped(other))
        _ = try catalogue.makeObjective("org.wanted.bowl", host: Host(threads: 1))
        #expect(place.loads("a.so") == 2 && place.loads("b.so") == 1)
    }

    @Test func replacedFilesAreNotLoadedUnseen() throws {
        let place = try Place()
        try place.build("a.so", id: "first")
        func failure(_ build: () throws -> Void) throws -> String? {
            let catalogue = place.discovery().scan().catalogue
            try build()
            return #expect(throws: EosError.self) {
                try catalogue.makeObjective("org.first.bowl", host: Host(threads: 1))
            }?.message
        }
        #expect(
            try failure { try place.build("a.so", "raise(SIGSEGV)", id: "first") }
                == "\(place.path)/a.so: was replaced by a file that: was ended by SIGSEGV (Segmentation fault) while "
                + "it was loaded")
        try place.build("a.so", id: "first")
        #expect(
            try failure { try place.build("a.so", id: "second") }
                == "\(place.path)/a.so: the file was replaced by a plugin that offers other objectives or policies; "
                + "start again to use it"
        )
        // Another build of the same is as good.
        let file = try place.build("a.so", id: "first")
        let catalogue = place.discovery().scan().catalogue
        try place.build("a.so", "puts(\"\")", id: "first")
        _ = try catalogue.makeObjective("org.first.bowl", host: Host(threads: 1))
        #expect(try Place.isMapped(file))
    }

    @Test func filesThatOthersCouldHaveWrittenAreNotRun() throws {
        let place = try Place()
        let file = try place.build("a.so", id: "a")
        try place.build("b.so", id: "b")
        chmod(file, 0o777)
        let found = place.discovery().scan()
        #expect(found.found.map(\.plugin.id) == ["org.b"])
        #expect(
            found.refused.map(\.error.message) == [
                "\(file): is not trusted: it is writable by everyone (mode 777); run chmod o-w \(file)"
            ])
        #expect(place.loads("a.so") == 0)
        chmod(file, 0o755)
        chmod(place.path, 0o777)
        let none = place.discovery().scan()
        #expect(none.found.isEmpty && none.refused.map(\.path) == [place.path])
        #expect(place.loads("a.so") == 0)
        chmod(place.path, 0o755)
        #expect(place.discovery().scan().found.count == 2)
    }

    @Test func manyHangAtOnce() throws {
        let place = try Place()
        let hanging = try place.build("hang-0.so", "for (;;) pause()")
        for index in 1..<12 {
            try FileManager.default.copyItem(atPath: hanging, toPath: "\(place.path)/hang-\(index).so")
        }
        try place.build("well.so", id: "well")
        let found = place.discovery(seconds: 4).scan()
        #expect(found.found.map(\.plugin.id) == ["org.well"])
        #expect(found.refused.count == 12 && found.refused.allSatisfy { $0.probe?.outcome == .timedOut(seconds: 4) })
    }

    @Test func namesLeadToFiles() throws {
        let place = try Place()
        let file = try place.build("libeos-plugin-nice.so", id: "fine")
        let discovery = place.discovery()
        for name in ["nice", "libeos-plugin-nice.so", "org.fine", "org.fine.bowl", "bowl", file] {
            #expect(try discovery.file(named: name).file == file, "\(name)")
        }
        #expect(try discovery.file(named: "nice").directory?.path == place.path)
        #expect(try discovery.file(named: file).directory == nil)
        let error = #expect(throws: EosError.self) { try discovery.file(named: "nicer") }
        #expect(error?.message == "nicer is neither a file nor the name of a plugin; did you mean nice?")
        #expect(stem(of: "/a/libfoo.so") == "foo" && stem(of: "lib.so") == "lib" && stem(of: "b.toml") == "b")
    }
}
