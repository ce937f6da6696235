import CEos
import EosCore
import Glibc

/// Where plugins are looked for.
public struct PluginSearchPath: Sendable {
    public struct Directory: Sendable, Equatable {
        public let path: String
        /// Who named it: "EOS_PLUGIN_PATH".
        public let origin: String
        /// Files begin with this.
        public let prefix: String

        public init(_ path: String, origin: String, prefix: String = "") {
            self.path = path
            self.origin = origin
            self.prefix = prefix
        }
    }

    private static let byUser = "EOS_PLUGIN_PATH"

    /// In order: what is found first wins.
    public var directories: [Directory]

    public init(_ directories: [Directory]) { self.directories = directories }

    /// `EOS_PLUGIN_PATH`, the user's data directory, beside the executable (the build tree), and where `make install`
    /// puts them.
    public static func standard(environment: (String) -> String? = variable) -> PluginSearchPath {
        var directories = (environment(Self.byUser) ?? "").split(separator: ":").map {
            Directory(String($0), origin: Self.byUser)
        }
        if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") {
            directories.append(Directory("\(data)/eos/plugins", origin: "XDG_DATA_HOME"))
        } else if let home = environment("HOME"), !home.isEmpty {
            directories.append(Directory("\(home)/.local/share/eos/plugins", origin: "the user's data directory"))
        }
        if let program = executableDirectory() {
            directories.append(Directory(program, origin: "the build tree", prefix: "libeos-plugin-"))
            let installed = program.split(separator: "/").dropLast().map { "/\($0)" }.joined()
            directories.append(Directory("\(installed)/lib/eos/plugins", origin: "the installation"))
        }
        return PluginSearchPath(directories)
    }

    /// What a scan of the directories found.
    public struct Findings: Sendable {
        public struct Refusal: Sendable {
            public let path: String
            /// Begins with the path.
            public let error: EosError
        }
        public struct Shadowing: Sendable {
            public let plugin: PluginDescription
            /// The one that has its id.
            public let by: PluginDescription
        }
        public fileprivate(set) var catalogue = Catalogue()
        public fileprivate(set) var refused: [Refusal] = []
        public fileprivate(set) var shadowed: [Shadowing] = []
    }

    /// Loads every plugin there is. A file or directory that is refused does not stop the scan.
    public func scan() -> Findings {
        var findings = Findings()
        for directory in directories {
            do throws(EosError) {
                // A directory that the user named and that is not there is a mistake; the others need not exist.
                let files = try directory.files(mustExist: directory.origin == Self.byUser)
                for path in files { findings.take(path) }
            } catch {
                findings.refused.append(Findings.Refusal(path: directory.path, error: error))
            }
        }
        return findings
    }

    /// The value of an environment variable; nil where it is not set.
    public static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func executableDirectory() -> String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        let parts = String(cString: path).split(separator: "/").dropLast()
        return parts.map { "/\($0)" }.joined()
    }
}

extension PluginSearchPath.Findings {
    fileprivate mutating func take(_ path: String) {
        do throws(EosError) {
            let plugin = try Plugin.load(path: path)
            if catalogue.plugins.contains(plugin.description) { return }
            if let other = catalogue.plugins.first(where: { $0.id == plugin.id }) {
                shadowed.append(Shadowing(plugin: plugin.description, by: other))
            } else {
                try catalogue.add(plugin)
            }
        } catch {
            refused.append(Refusal(path: path, error: error))
        }
    }
}

extension PluginSearchPath.Directory {
    /// Its shared objects, sorted by name; none where the directory need not exist and does not.
    ///
    /// - Throws: `EOS_E_IO` where it can't be read.
    public func files(mustExist: Bool = false) throws(EosError) -> [String] {
        guard let listing = opendir(path) else {
            if errno == ENOENT, !mustExist { return [] }
            throw EosError(
                EOS_E_IO, "\(path): \(String(cString: strerror(errno))); it is a plugin directory of \(origin)")
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".so"), name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted().map { "\(path)/\($0)" }
    }
}
