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
        #expect(beside.count == 4)
        #expect(beside[0].path + "/" == program.path())
        #expect(beside[0].prefix == "libeos-plugin-")
        #expect(beside[1].path == program.deletingLastPathComponent().path() + "lib/eos/plugins")
        #expect(beside[2...].map(\.path) == ["/usr/local/lib/eos/plugins", "/usr/lib/eos/plugins"])
        #expect(beside.allSatisfy { !$0.isNamed } && all[0].isNamed && !all[2].isNamed)
        #expect(
            directories(["EOS_PLUGIN_PATH": "/a:/b:/a:/usr/lib/eos/plugins"])[..<3].map(\.path) == [
                "/a", "/b", "/usr/lib/eos/plugins",
            ])
        // Whoever names a directory, it is searched once.
        #expect(directories(["EOS_PLUGIN_PATH": "/a:/usr/lib/eos/plugins"]).count == 1 + beside.count)
    }

    @Test func listsOnlyFilesWithThePrefix() throws {
        try Fixture.withDirectory { directory in
            let names = [
                "libeos-plugin-b.so", "libeos-plugin-a.so", "libother.so", "libeos-plugin-c.txt",
                "libeos-plugin-d.toml",
            ]
            for name in names {
                try Data().write(to: directory.appending(path: name))
            }
            let place = PluginSearchPath.Directory(directory.path(), origin: "the build tree", prefix: "libeos-plugin-")
            #expect(
                try place.files().map { URL(filePath: $0).lastPathComponent }
                    == ["libeos-plugin-a.so", "libeos-plugin-b.so"])
            let all = PluginSearchPath.Directory(directory.path(), origin: "EOS_PLUGIN_PATH")
            #expect(
                try all.files().map { URL(filePath: $0).lastPathComponent }
                    == names.sorted().filter { !$0.hasSuffix("txt") })
            #expect(try all.files(manifests: false).allSatisfy { $0.hasSuffix(".so") })
        }
    }
}
