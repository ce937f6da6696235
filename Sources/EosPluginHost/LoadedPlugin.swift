import CEos
import CEosGuard
import EosCore
import Glibc
import Synchronization

/// A shared object that was loaded, spoke the right ABI and was initialised.
///
/// It stays loaded until the process ends: threads of the plugin or of its libraries may run until then, and objects may
/// live as long. `deinit` of its table is called by `ProcessEnd` alone.
public final class LoadedPlugin: Sendable {
    public let description: PluginDescription

    private let tableAddress: UInt
    private let getFactory: Factory.Getter
    /// What it changed in the process while it was loaded, until somebody has been told.
    private let remarks: Remarks
    /// In the order in which plugins were initialised.
    private let number: Int
    private let deinitialise: (@convention(c) () -> Void)?
    /// How many objects of it there are.
    private let objects = Atomic<Int>(0)

    public var path: String { description.path }
    public var id: String { description.id }

    /// As the plugin gave it, never freed.
    public var table: UnsafePointer<eos_plugin> { UnsafePointer(bitPattern: tableAddress)! }

    /// Loads the shared object at `path`, which runs its code. The same file gives the same plugin.
    ///
    /// Any thread. While `init` of a plugin runs, others may be loaded, by itself too; see `LoadedPlugins`. Initialisers
    /// of shared objects run one after the other, as the dynamic loader has it.
    ///
    /// - Parameters:
    ///   - origin: the file that this one is a copy of, which descriptions and messages name; nil: none.
    ///   - scope: how much of what that changes is put back.
    /// - Throws: `EOS_E_IO` for a file that can't be read, else `EOS_E_PLUGIN`: the path, what was found and what this
    ///   host takes.
    public static func load(
        path: String, as origin: String? = nil, scope: GuardScope = .thread
    ) throws(EosError) -> LoadedPlugin {
        do throws(Refusal) { return try attempt(path: path, as: origin, scope: scope) } catch {
            throw error.error.within(path)
        }
    }

    /// Why a file is no plugin that can be used.
    public struct Refusal: Error, Sendable {
        /// Without the path.
        public let error: EosError
        /// Whether the file itself is to blame, so that only another file will do; else what it needs is missing here.
        public let isFinal: Bool

        public init(error: EosError, isFinal: Bool) {
            self.error = error
            self.isFinal = isFinal
        }
    }

    /// `load` for those who ask whether trying again makes sense.
    public static func attempt(
        path: String, as origin: String? = nil, scope: GuardScope = .thread
    ) throws(Refusal) -> LoadedPlugin {
        let object: SharedObject
        do throws(EosError) { object = try SharedObject(path: path) } catch {
            throw Refusal(error: error, isFinal: error.status == eos_status(EOS_E_PLUGIN))
        }
        return try loaded.outcome(of: object.identity) {
            let remarks = Remarks()
            let calls = CallGuard(file: origin ?? object.path, scope: scope) { remarks.add($0) }
            let handle: UnsafeMutableRawPointer
            do throws(EosError) {
                handle = try Linking.load(object.path, calls) { remarks.add("\(origin ?? object.path): \($0)") }
            } catch {
                // A file that the loader refuses may load later, once what it needs is there; all else stays as it is.
                return (.failure(Refusal(error: error, isFinal: false)), isKept: false)
            }
            var isInitialising = false
            let result = Result { () throws(Refusal) in
                do throws(EosError) {
                    return try LoadedPlugin(origin ?? object.path, handle, calls, remarks, &isInitialising)
                } catch {
                    throw Refusal(error: error, isFinal: !isInitialising)
                }
            }
            return (result, isKept: true)
        }.get()
    }

    private static let loaded = LoadedPlugins()
    private static let initialised = Atomic<Int>(0)
    /// Those of every init. Plugins may keep them, so that none is ever freed.
    private static let hosts = Mutex<[Host]>([])

    private init(
        _ path: String, _ handle: UnsafeMutableRawPointer, _ calls: CallGuard, _ remarks: Remarks,
        _ isInitialising: inout Bool
    ) throws(EosError) {
        guard let symbol = dlsym(handle, "eos_plugin_entry") else {
            throw EosError(
                EOS_E_PLUGIN, "does not export eos_plugin_entry; it is not a plugin of eos, or it hides the symbol")
        }
        let entry = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> UnsafePointer<eos_plugin>?).self)
        guard let pointer = calls.calling(CALL_ENTRY, { entry(UInt32(EOS_ABI)) }) else {
            throw EosError(
                EOS_E_PLUGIN,
                "can't serve this host: eos_plugin_entry returned NULL for ABI \(EOS_ABI_MAJOR).\(EOS_ABI_MINOR)")
        }
        try Self.checkABI(pointer)
        let table = try eos_plugin(at: pointer, "eos_plugin")
        let id = try required(table.id, "eos_plugin.id")
        try Identifier.check(id, "eos_plugin.id")
        let version = try required(table.version, "eos_plugin.version")
        let licence = try required(table.licence, "eos_plugin.licence")
        guard let getFactory = table.get_factory else {
            throw EosError(EOS_E_PLUGIN, "eos_plugin.get_factory is NULL")
        }
        if let initialise = table.`init` {
            // Of this plugin alone, so that its sentence about a failure is not another one's.
            let host = Host()
            Self.hosts.withLock { $0.append(host) }
            isInitialising = true
            let status = calls.calling(CALL_INIT) { initialise(host.table) }
            guard status == EOS_OK else {
                throw EosError(EOS_E_PLUGIN, host.failure(status, in: "init").message)
            }
            isInitialising = false
        }
        tableAddress = UInt(bitPattern: pointer)
        // Those that its init loaded come before it.
        number = Self.initialised.add(1, ordering: .relaxed).newValue
        self.getFactory = getFactory
        deinitialise = table.`deinit`
        self.remarks = remarks
        description = PluginDescription(
            path: path, id: id, version: version, licence: licence,
            toolchain: table.toolchain.map { readableText($0) },
            abi: PluginDescription.ABI(Int(table.abi_major), Int(table.abi_minor)),
            offers: try calls.calling(CALL_FACTORY) { () throws(EosError) in
                try Factory.offers(of: path, getFactory)
            })
    }

    /// What the plugin changed in the process while it was loaded, and was put back: a line each, given once.
    public func takeRemarks() -> [String] { remarks.take() }

    /// The size must cover the version before that can be read, and the version be right before anything else can.
    private static func checkABI(_ pointer: UnsafePointer<eos_plugin>) throws(EosError) {
        let major = try eos_plugin(at: pointer, required: 8, "eos_plugin").abi_major
        guard Int(major) == EOS_ABI_MAJOR else {
            throw EosError(
                EOS_E_PLUGIN,
                "eos_plugin.abi_major is \(major), but EOS_ABI_MAJOR of this host is \(EOS_ABI_MAJOR); build the "
                    + "plugin with the header of eos \(EOS_ABI_MAJOR).x")
        }
    }
}

extension LoadedPlugin: Maker {
    public func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Objective {
        let calls = watch(for: host)
        let (ops, instance) = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try Factory.makeObjective(offer, values, host, getFactory)
        }
        return try TableObjective(
            ops: ops, instance: instance, failures: host.failures, owner: Lease(self, host), threads: host.pool,
            calls: calls)
    }

    public func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy {
        let calls = watch(for: host)
        let (ops, instance) = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try Factory.makePolicy(offer, values, host, getFactory)
        }
        return try TablePolicy(
            ops: ops, instance: instance, failures: host.failures, owner: Lease(self, host), calls: calls)
    }

    /// What stands around the calls of one object, and tells its host.
    private func watch(for host: Host) -> CallGuard {
        for remark in takeRemarks() { host.warn(remark) }
        return host.watch(over: path)
    }
}

extension LoadedPlugin {
    /// What an object of the plugin keeps: its host, and its place in the count.
    private final class Lease: Sendable {
        private let plugin: LoadedPlugin
        private let host: Host

        init(_ plugin: LoadedPlugin, _ host: Host) {
            self.plugin = plugin
            self.host = host
            plugin.objects.add(1, ordering: .relaxed)
        }

        deinit { plugin.objects.subtract(1, ordering: .relaxed) }
    }

    /// Calls `deinit` of every plugin of which no object is left, the one that was loaded last first. Once, when nothing
    /// else is at work with plugins.
    static func deinitialiseAll() {
        // A copy: what a plugin does there may take as long as it likes, or never come back.
        let plugins = loaded.all
        for plugin in plugins.sorted(by: { $0.number > $1.number }) where plugin.objects.load(ordering: .relaxed) == 0 {
            guard let deinitialise = plugin.deinitialise else { continue }
            CallGuard(file: plugin.path, scope: .process) { _ in }.naming(CALL_DEINIT) { deinitialise() }
        }
    }
}
