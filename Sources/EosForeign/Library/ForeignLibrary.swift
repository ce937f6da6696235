import CEos
import CEosGuard
import EosCore
import EosFFI
import EosPluginHost
import Glibc
import Synchronization

/// The library of a manifest, loaded, with every function that the manifest names.
///
/// It stays loaded until the process ends. Its setup calls run once, before the first object is made; its cleanup
/// calls at `ProcessEnd`.
public final class ForeignLibrary: Sendable {
    public let manifest: Manifest
    public let description: PluginDescription
    let handles: HandleTable
    /// One function at a time, unless the manifest says that they may run at once. Recursive, as a function may call
    /// back.
    let lock = RecursiveLock()
    private let symbols: [String: UInt]
    private let lastHost = LastHost()
    private let remarks = Remarks()
    private let readiness = Mutex<Result<Void, EosError>?>(nil)

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
        let calls = CallGuard(file: manifest.path, scope: .process) { _ in }
        let remarks = remarks
        let handle: UnsafeMutableRawPointer
        do throws(EosError) {
            handle = try Linking.load(name, calls) { remarks.add("\(manifest.path): \($0)") }
        } catch {
            throw Self.refused(
                manifest.libraryNode, "\(name): \(error.message); give a path, or a name that the loader finds")
        }
        var symbols: [String: UInt] = [:]
        for function in manifest.functions where symbols[function.signature.name] == nil {
            let symbol = function.signature.name
            guard let address = dlsym(handle, symbol) else {
                throw Self.refused(function.node, "\(name) exports no \(symbol)\(Self.hint(symbol, handle))")
            }
            symbols[symbol] = UInt(bitPattern: address)
        }
        self.manifest = manifest
        self.symbols = symbols
        description = manifest.description
        handles = HandleTable(manifest.handles)
    }

    private static func refused(_ node: Node, _ what: String) -> EosError {
        EosError(EOS_E_PLUGIN, node.fault(what).message)
    }

    /// Compilers of Fortran write names in lower case with an underscore behind.
    private static func hint(_ symbol: String, _ handle: UnsafeMutableRawPointer) -> String {
        let other = [symbol + "_", symbol.lowercased() + "_", symbol.lowercased()]
        let found = other.first { dlsym(handle, $0) != nil }
        return found.map { ", but \($0): write that" } ?? "; nm -D lists what it exports"
    }

    /// The address of a function of the manifest.
    public func symbol(_ function: ForeignFunction) -> UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: symbols[function.signature.name]!)!
    }

    /// Prepares a call of a function of the manifest.
    public func plan(_ function: ForeignFunction, _ environment: PlanEnvironment) throws(EosError) -> CallPlan {
        do throws(EosError) {
            return try PlanBuilder.plan(function, symbol(function), manifest.types, environment)
        } catch {
            throw EosError(Int(error.status), "\(function.node.place): \(error.message)")
        }
    }

    /// Runs the setup calls where that has not been done; what failed once, fails again with the same sentence.
    ///
    /// - Parameter host: of the object that is made: observers that setup calls were given report there.
    func prepare(_ host: Host?) throws(EosError) {
        if let host {
            lastHost.host = host
            for remark in remarks.take() { host.warn(remark) }
        }
        let result = readiness.withLock { readiness in
            if let readiness { return readiness }
            let result = Result { () throws(EosError) in try runSetup() }
            readiness = result
            return result
        }
        try result.get()
    }

    private func runSetup() throws(EosError) {
        try run(manifest.setup)
        if !manifest.cleanup.isEmpty { ProcessEnd.register { self.runCleanup() } }
    }

    /// Errors of cleanup have nobody left to tell, and a thread that is still inside keeps the library.
    private func runCleanup() {
        CallGuard(file: manifest.path, scope: .process) { _ in }.naming(CALL_DEINIT) {
            lock.tryLock { try? run(manifest.cleanup) }
        }
    }

    private func run(_ functions: [ForeignFunction]) throws(EosError) {
        for function in functions {
            var environment = PlanEnvironment(
                values: Configuration(), dimension: nil, element: .f64, handles: handles)
            environment.observers = .library(lastHost)
            let plan = try plan(function, environment)
            var frame = Frame()
            lock.withLock { plan.run(&frame) }
            if let status = frame.failure {
                throw EosError(
                    EOS_E_FAILED, "\(function.node.place): \(function.signature.name) failed with the status \(status)")
            }
            if case .handle(let name) = function.result {
                let pointer = plan.call.result(as: UnsafeMutableRawPointer?.self)
                guard let pointer else {
                    throw EosError(
                        EOS_E_FAILED, "\(function.node.place): \(function.signature.name) returned NULL for \(name)")
                }
                handles.cell(name).storeBytes(of: pointer, as: UnsafeMutableRawPointer?.self)
            }
        }
    }
}

extension Manifest {
    /// Everything that is called.
    var functions: [ForeignFunction] { setup + cleanup + objectives.flatMap(\.functions) + policies.map(\.search) }
}

extension ObjectiveManifest {
    /// In the order in which they are called.
    public var functions: [ForeignFunction] {
        var functions: [ForeignFunction] = []
        if case .function(let function) = dimension { functions.append(function) }
        if case .function(let function) = start { functions.append(function) }
        functions.append(value)
        if case .function(let function) = gradient { functions.append(function) }
        if let product { functions.append(product) }
        return functions
    }
}

extension ForeignLibrary: Maker {
    /// The manifest's own sentence, with its line, where a value does not fit or a call of the library fails.
    public func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> Objective {
        guard let objective = manifest.objectives.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) offers no objective \(offer.id)")
        }
        return try makeObjective(objective, values, failures: host.failures, owner: host)
    }

    /// - Parameter values: for all keys of the objective's schema.
    public func makeObjective(
        _ objective: ObjectiveManifest, _ values: Configuration, failures: FailureNote? = nil, owner: AnyObject? = nil
    ) throws(EosError) -> Objective {
        let host = owner as? Host
        let calls = host?.watch(over: manifest.path) ?? .none
        let made = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try prepare(host)
            return try ForeignObjective(self, objective, values, failures, host.map { .object($0) } ?? .nobody)
        }
        return try Objective(
            ops: ForeignObjective.table(hasProduct: objective.product != nil),
            instance: Unmanaged.passRetained(made).toOpaque(), failures: failures, owner: owner,
            threads: host?.pool, calls: calls)
    }

    public func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy {
        guard let policy = manifest.policies.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) offers no policy \(offer.id)")
        }
        return try makePolicy(policy, values, host: host)
    }

    /// - Parameter values: for all keys of the policy's schema.
    public func makePolicy(
        _ policy: PolicyManifest, _ values: Configuration, host: Host
    ) throws(EosError) -> any Policy {
        let calls = host.watch(over: manifest.path)
        let made = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try prepare(host)
            return try policy.makePolicy(self, values, host: host)
        }
        return WatchedPolicy(made, calls)
    }
}
