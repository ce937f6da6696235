import EosCore
import EosPluginHost
import Foundation
import Testing

@Suite struct PluginSearchPathTests {
    private func directories(_ environment: [String: String]) -> [PluginSearchPath.Directory] {
        PluginSearchPath.standard { environment[$0] }.directories
    }

    @Test func directoriesComeInOrder() {
        let all = directories(["EOS_PLUGIN_PATH": "/a::/b", "XDG_DATA_HOME": "/x", "HOME": "/h"])
        #expect(all[..<3].map(\.path) == ["/a", "/b", "/x/eos/plugins"])
        #expect(all[..<3].map(\.origin) == ["EOS_PLUGIN_PATH", "EOS_PLUGIN_PATH", "XDG_DATA_HOME"])
        #expect(directories(["HOME": "/h"])[0].path == "/h/.local/share/eos/plugins")
        // The specification of XDG has relative paths passed over.
        #expect(directories(["HOME": "/h", "XDG_DATA_HOME": "x"])[0].path == "/h/.local/share/eos/plugins")

        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = directories([:])
        #expect(beside.count == 2)
        #expect(beside[0].path + "/" == program.path())
        #expect(beside[0].prefix == "libeos-plugin-")
        #expect(beside[1].path == program.deletingLastPathComponent().path() + "lib/eos/plugins")
    }

    @Test func scansAllAndSaysWhatItRefused() throws {
        try Fixture.withDirectory { directory in
            let (first, second) = (directory.appending(path: "first"), directory.appending(path: "second"))
            for place in [first, second] {
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            }
            let fixture = try Fixture.build(at: first.appending(path: "b.so"))
            let policies = try Fixture.build(at: second.appending(path: "z.so"), source: "policy.c")
            let shadowed = try Fixture.build(at: second.appending(path: "a.so"))
            let double = try Fixture.build(["PLUGIN_ID=\"com.other\""], at: second.appending(path: "c.so"))
            try FileManager.default.createSymbolicLink(
                at: second.appending(path: "link.so"), withDestinationURL: URL(filePath: fixture))
            let text = first.appending(path: "a.so")
            try Data("text".utf8).write(to: text)
            try Data("text".utf8).write(to: first.appending(path: "README"))

            let missing = directory.appending(path: "missing").path()
            let found = PluginSearchPath([
                .init(missing, origin: "the installation"), .init(missing, origin: "EOS_PLUGIN_PATH"),
                .init(first.path(), origin: "EOS_PLUGIN_PATH"), .init(second.path(), origin: "EOS_PLUGIN_PATH"),
            ]).scan()
            #expect(found.catalogue.plugins.map(\.path) == [fixture, policies])
            #expect(found.shadowed.map(\.plugin.path) == [shadowed])
            #expect(found.shadowed.map(\.by.path) == [fixture])
            #expect(
                found.refused.map(\.error.message) == [
                    "\(missing): No such file or directory; it is a plugin directory of EOS_PLUGIN_PATH",
                    "\(text.path()): is not a shared object: it does not begin as an ELF file does",
                    "\(double): the objective org.example.bowl is there already, from \(fixture)",
                ])
            #expect(found.refused.map(\.path) == [missing, text.path(), double])
        }
    }

    @Test func listsOnlyFilesWithThePrefix() throws {
        try Fixture.withDirectory { directory in
            for name in ["libeos-plugin-b.so", "libeos-plugin-a.so", "libother.so", "libeos-plugin-c.txt"] {
                try Data().write(to: directory.appending(path: name))
            }
            let place = PluginSearchPath.Directory(directory.path(), origin: "the build tree", prefix: "libeos-plugin-")
            #expect(
                try place.files().map { URL(filePath: $0).lastPathComponent }
                    == ["libeos-plugin-a.so", "libeos-plugin-b.so"])
        }
    }
}
