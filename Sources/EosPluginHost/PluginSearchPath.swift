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

        /// Whether the user named it: that it is not there is a mistake, then.
        public var isNamed: Bool { origin == PluginSearchPath.byUser }

        public init(_ path: String, origin: String, prefix: String = "") {
            self.path = path
            self.origin = origin
            self.prefix = prefix
        }
    }

    fileprivate static let byUser = "EOS_PLUGIN_PATH"

    /// In order: what is found first wins.
    public var directories: [Directory]

    public init(_ directories: [Directory]) { self.directories = directories }

    /// `EOS_PLUGIN_PATH`, the user's data directory, beside the executable (the build tree), where `make install` puts
    /// them, and the directories of the system, each once.
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
        directories += ["/usr/local", "/usr"].map { Directory("\($0)/lib/eos/plugins", origin: "the system") }
        return PluginSearchPath(
            directories.enumerated().filter { index, one in
                !directories[..<index].contains { $0.path == one.path && $0.prefix == one.prefix }
            }.map(\.element))
    }

    /// The value of an environment variable; nil where it is not set.
    public static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func executableDirectory() -> String? {
        resolved("/proc/self/exe")?.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    }
}

extension PluginSearchPath.Directory {
    /// Its shared objects and manifests, sorted by name; none where the directory need not exist and does not.
    ///
    /// Manifests are looked for where files need no prefix: in directories that are for plugins and nothing else.
    ///
    /// - Throws: `EOS_E_IO` where it can't be read.
    public func files(mustExist: Bool = false, manifests: Bool = true) throws(EosError) -> [String] {
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
            let isManifest = name.hasSuffix(".toml") && prefix.isEmpty && manifests
            if isManifest || name.hasSuffix(".so") && name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted().map { "\(path)/\($0)" }
    }
}
