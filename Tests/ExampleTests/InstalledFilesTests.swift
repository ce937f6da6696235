import Foundation
import Testing
import TestSupport

/// What the files of an installation need: nothing of Swift, no directory of the machine that built them.
@Suite struct InstalledFilesTests {
    private static let staged: Result<TemporaryDirectory, any Error> = Result {
        let directory = try TemporaryDirectory()
        let installed = try run(
            "make -s install DESTDIR=\(directory.path) PREFIX=/opt/eos PRODUCTS=\(Tree.products)")
        guard installed.status == 0 else { throw FixtureError(installed.output) }
        return directory
    }

    private func root() throws -> String { try Self.staged.get().path + "/opt/eos" }

    /// Every shared object and program below the prefix, from there.
    private func binaries() throws -> [String] {
        let root = try root()
        return try FileManager.default.subpathsOfDirectory(atPath: root).sorted().filter { name in
            let path = "\(root)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return false }
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            return try file.read(upToCount: 4) == Data([0x7f, 0x45, 0x4c, 0x46])
        }
    }

    /// What a machine with the libraries of the documentation has.
    private static let system: Set = [
        "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1",
        "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    ]

    private func allowed(_ name: String) -> Set<String> {
        switch name {
        case "lib/eos/plugins/mlp.so", "lib/eos/plugins/path-rnn.so": Self.system.union(["libopenblas.so.0"])
        case _ where name.hasPrefix("bin/") || name.hasPrefix("libexec/"):
            Self.system.union(["libsqlite3.so.0", "libffi.so.8"])
        default: Self.system
        }
    }

    @Test func nothingNeedsSwiftOrADirectory() throws {
        let names = try binaries()
        // Three programs, the library, ten plugins.
        #expect(names.count == 14, "\(names)")
        for name in names {
            let dynamic = try run("readelf -dW '\(root())/\(name)'").output
            #expect(!dynamic.contains("RUNPATH") && !dynamic.contains("RPATH"), "\(name): \(dynamic)")
            let needed = Set(dynamic.matches(of: /Shared library: \[([^\]]+)\]/).map { String($0.1) })
            #expect(needed.contains("libc.so.6"), "\(name)")
            #expect(needed.subtracting(allowed(name)).isEmpty, "\(name) needs \(needed)")
        }
    }

    private func plugins(_ language: String) throws -> [String] {
        try run("ls plugins/*/*.\(language) | xargs -n 1 dirname | xargs -n 1 basename | sort -u").lines
    }

    @Test func pluginsExportTheirEntryAlone() throws {
        let plugins = try plugins("c") + plugins("swift")
        #expect(plugins.count == 10)
        for plugin in plugins {
            let symbols = try run("nm -D --defined-only '\(root())/lib/eos/plugins/\(plugin).so'")
            #expect(symbols.lines.map { $0.split(separator: " ").last } == ["eos_plugin_entry"], "\(plugin)")
        }
    }

    /// No code of Swift's runtime is in them, so none of it runs when they are loaded, and no library that is not used.
    @Test func pluginsOfCAreCAlone() throws {
        let plugins = try plugins("c")
        #expect(plugins.count == 7)
        for plugin in plugins {
            let file = try "\(root())/lib/eos/plugins/\(plugin).so"
            let sections = try run("readelf -SW '\(file)'").output
            #expect(sections.contains(".dynsym") && !sections.contains("swift"), "\(plugin)")
            let symbols = try run("nm '\(file)'").output
            #expect(symbols.contains("eos_plugin_entry") && !symbols.lowercased().contains("swift"), "\(plugin)")
            let unused = try run("ldd -u '\(file)'").output
            #expect(!unused.contains(".so"), "\(plugin): \(unused)")
        }
    }
}

/// Each plugin of an installation trains where there is no Swift, and says nothing about itself.
@Suite struct InstalledTrainingTests {
    private static let installed: Result<TemporaryDirectory, any Error> = Result {
        let directory = try TemporaryDirectory()
        let result = try run(
            "make -s install PREFIX=\(directory.path)/eos PRODUCTS=\(Tree.products)")
        guard result.status == 0 else { throw FixtureError(result.output) }
        return directory
    }

    /// Keys without a default.
    private static let keys = [
        "mlp": """
        layers = [4, 3, 2]
        data.generator = "clusters"
        data.train = 20
        data.dimension = 4
        data.classes = 2
        """,
        "path-rnn": """
        units = 5
        sigma = 0.1
        data.generator = "noisy-sine"
        data.train = 20
        data.steps = 8
        """,
    ]

    private static let plugins = [
        "mlp", "product", "inner-product", "mean-model", "single-neuron", "threshold-network", "path-rnn", "quadratic",
        "rosenbrock", "logistic",
    ]

    /// Trains each plugin; `hiding` is run first, in a mount namespace of its own.
    private func train(hiding: String) throws {
        let directory = try Self.installed.get()
        let home = try TemporaryDirectory()
        var script = "set -e; \(hiding)\nunset EOS_PLUGIN_PATH LD_LIBRARY_PATH EOS_PLUGIN\n"
        script += "eos=\(directory.path)/eos/bin/eos\n"
        for plugin in Self.plugins {
            let spec = """
                [objective]
                plugin = "\(plugin)"
                \(Self.keys[plugin] ?? "")
                [policy]
                name = "constant"
                step = 1e-3
                [stop]
                iterations = 4
                """
            try spec.write(toFile: "\(home.path)/\(plugin).toml", atomically: true, encoding: .utf8)
            script += """
                echo "plugin \(plugin)"
                $eos train \(home.path)/\(plugin).toml --out \(home.path)/\(plugin) 2>&1

                """
        }
        script += "$eos plugins --data | grep -c '^eos[.]'; $eos plugins | grep '^refused' || true\n"
        let file = "\(home.path)/script"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try run(
            hiding.isEmpty ? "sh \(file)" : "unshare -m sh \(file)",
            environment: ["HOME": home.path, "XDG_DATA_HOME": home.path, "XDG_CACHE_HOME": home.path])
        #expect(result.status == 0, "\(result.output)")
        #expect(!result.output.contains("warning") && !result.output.contains("refused"), "\(result.output)")
        #expect(result.lines.contains("10"), "\(result.output)")
        for plugin in Self.plugins {
            #expect(FileManager.default.fileExists(atPath: "\(home.path)/\(plugin)/ckpt/4.safetensors"), "\(plugin)")
        }
    }

    @Test func whereSwiftIs() throws { try train(hiding: "") }

    @Test(.enabled(if: canHideDirectories, "hiding the toolchain takes root and a mount namespace"))
    func whereSwiftIsNot() throws {
        try train(
            hiding: """
                swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
                for directory in "$swift/lib/swift" "$swift/lib/swift_static" "$swift/libexec/swift"; do
                    if [ -d "$directory" ]; then mount -t tmpfs none "$directory"; fi
                done
                test ! -e "$swift/lib/swift/linux"
                """)
    }

    private static var canHideDirectories: Bool {
        geteuid() == 0 && (try? run("unshare -m true"))?.status == 0
    }
}
