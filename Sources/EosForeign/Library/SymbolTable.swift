import CEos
import EosCore
import EosPluginHost
import EosTOML
import Glibc

/// Where the functions of a manifest are, in a library that was loaded for good.
struct SymbolTable: Sendable {
    private let addresses: [String: UInt]

    /// Loads the library `name`, a path or what the loader finds.
    ///
    /// - Parameter remark: told what can't be mended.
    /// - Throws: `EOS_E_PLUGIN` with the line of the manifest that names the library, or a function that it lacks.
    init(of name: String, for manifest: Manifest, remark: @Sendable (String) -> Void) throws(EosError) {
        let calls = CallGuard(file: manifest.path, scope: .process) { _ in }
        let handle: UnsafeMutableRawPointer
        do throws(EosError) {
            handle = try Linking.load(name, calls) { remark("\(manifest.path): \($0)") }
        } catch {
            throw Self.refused(
                manifest.libraryNode, "\(name): \(error.message); give a path, or a name that the loader finds")
        }
        var addresses: [String: UInt] = [:]
        for function in manifest.functions {
            let symbol = function.signature.name
            guard let address = dlsym(handle, symbol) else {
                throw Self.refused(function.node, "\(name) does not export \(symbol)\(Self.hint(symbol, handle))")
            }
            addresses[symbol] = UInt(bitPattern: address)
        }
        self.addresses = addresses
    }

    /// The address of a function of the manifest.
    subscript(function: ForeignFunction) -> UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: addresses[function.signature.name]!)!
    }

    private static func refused(_ node: Node, _ what: String) -> EosError {
        EosError(EOS_E_PLUGIN, node.fault(what).message)
    }

    /// Compilers of Fortran write names in lower case with an underscore behind.
    private static func hint(_ symbol: String, _ handle: UnsafeMutableRawPointer) -> String {
        let other = [symbol + "_", symbol.lowercased() + "_", symbol.lowercased()]
        let found = other.first { dlsym(handle, $0) != nil }
        return found.map { ", but it exports \($0); write that" } ?? "; nm -D lists its exports"
    }
}
