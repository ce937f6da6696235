import EosCore
import EosFFI
import EosPluginHost
import Synchronization

/// The library of a manifest, loaded, with every function that the manifest names.
///
/// It stays loaded until the process ends.
public final class ForeignLibrary: Sendable {
    public let manifest: Manifest
    public let description: PluginDescription
    let handles: HandleTable
    /// One function at a time, unless the manifest says that they may run at once. Recursive, as a function may call
    /// back.
    let lock = Lock(isRecursive: true)
    /// What was wrong while it was loaded, until a host has been told.
    let remarks: Remarks
    let setup = LibrarySetup()
    private let symbols: SymbolTable

    /// Loads the library, which runs its initialisers. The same manifest gives the same library.
    ///
    /// - Parameter location: of a copy of the library; nil: where the manifest says.
    /// - Throws: `EOS_E_IO` for a library that can't be read, `EOS_E_PLUGIN` for one that the loader refuses or that
    ///   lacks a function, each with the line of the manifest.
    public static func load(
        _ manifest: Manifest, from location: LibraryLocation? = nil
    ) throws(EosError) -> ForeignLibrary {
        let object: SharedObject?
        let name: String
        switch location ?? manifest.location {
        case .file(let path):
            do throws(EosError) { object = try SharedObject(path: path) } catch {
                throw EosError(Int(error.status), manifest.libraryNode.fault("\(path): \(error.message)").message)
            }
            name = object?.path ?? path
        case .name(let given): (object, name) = (nil, given)
        }
        let key = "\(manifest.path)\u{0}\(name) \(object.map { "\($0.identity)" } ?? "")\u{0}\(manifest.text)"
        return try loaded.withLock { loaded throws(EosError) in
            if let known = loaded[key] { return known }
            let library = try ForeignLibrary(manifest, name)
            loaded[key] = library
            return library
        }
    }

    private static let loaded = Mutex<[String: ForeignLibrary]>([:])

    private init(_ manifest: Manifest, _ name: String) throws(EosError) {
        let remarks = Remarks()
        symbols = try SymbolTable(of: name, for: manifest) { remarks.add($0) }
        self.remarks = remarks
        self.manifest = manifest
        description = manifest.description
        handles = HandleTable(manifest.handles)
    }

    /// Prepares a call of a function of the manifest.
    func plan(_ function: ForeignFunction, _ environment: PlanEnvironment) throws(EosError) -> CallPlan {
        do throws(EosError) {
            let interface = try CallInterface(function.signature, manifest.types)
            let builder = PlanBuilder(ForeignCall(symbols[function], interface), environment)
            try function.bind(builder)
            return try builder.finish()
        } catch {
            throw EosError(Int(error.status), "\(function.node.place): \(error.message)")
        }
    }
}
