import CEos
import EosCore
import EosPluginHost
import Glibc

/// Where the library of a manifest is.
public enum LibraryLocation: Sendable, Hashable {
    case file(String)
    /// A name that the dynamic loader looks up, such as "libm.so.6".
    case name(String)

    public var text: String {
        switch self {
        case .file(let path): path
        case .name(let name): name
        }
    }
}

extension Manifest {
    /// A name without a slash means the file of that name beside the manifest, or else what the loader finds by it.
    public var location: LibraryLocation {
        if library.hasPrefix("/") { return .file(library) }
        let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let beside = "\(directory)/\(library)"
        return library.utf8.contains(UInt8(ascii: "/")) || access(beside, F_OK) == 0 ? .file(beside) : .name(library)
    }
}
