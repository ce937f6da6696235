import CEos
import EosCore
import EosData
import Glibc
import Synchronization

/// What eos offers to plugins: the owner of one `eos_host` table and of all that its functions use.
///
/// Objects made with a host keep it alive. Every member may be used on any thread.
public final class Host: Sendable {
    public typealias Log = @Sendable (_ level: Int32, _ message: String) -> Void

    /// The last sentence given through `eos_host.fail`.
    public let failures = FailureNote()
    /// Where relative names of data files are looked up, in this order, before the directory `EOS_DATA_DIR`.
    public let dataDirectories: [String]
    /// How much of what its plugins change is put back.
    public let scope: GuardScope

    /// Its threads: those of `eos_host.parallel`, lent to trainers for sums over long vectors.
    public let pool: ThreadPool
    private let sink: Mutex<Log?>
    private let warning = Mutex<CallGuard.Warn?>(nil)
    /// Bits: a training is under way; a stop was asked for.
    private let training = Atomic<Int>(0)
    private let loaded = Mutex<[UInt: Dataset]>([:])
    private let tableAddress: UInt

    /// - Parameters:
    ///   - threads: of `eos_host.parallel`, the calling one included; at first the processors available.
    ///   - dataDirectories: where relative names of data files are looked up first: the directory of the spec.
    ///   - scope: how much of what plugins change is put back: everything in a process of eos.
    ///   - log: takes the lines that plugins log, on any thread; nil: nowhere.
    public init(
        threads: Int = availableProcessors(), dataDirectories: [String] = [], scope: GuardScope = .thread,
        log: Log? = nil
    ) {
        pool = ThreadPool(threads: threads)
        self.dataDirectories = dataDirectories
        self.scope = scope
        sink = Mutex(log)
        let table = UnsafeMutablePointer<eos_host>.allocate(capacity: 1)
        tableAddress = UInt(bitPattern: table)
        table.initialize(to: .functions)
        table.pointee.host_data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { UnsafeMutablePointer<eos_host>(bitPattern: tableAddress)!.deallocate() }

    /// The table, at an address that stays the same for as long as the host lives.
    public var table: UnsafePointer<eos_host> { UnsafePointer(bitPattern: tableAddress)! }

    public var threads: Int { pool.threads }

    /// Where the lines go that plugins log.
    public func setLog(_ log: Log?) {
        // What was there before may end with it, which is code of others: outside of the lock.
        let before = sink.withLock { sink in
            defer { sink = log }
            return sink
        }
        withExtendedLifetime(before) {}
    }

    public func log(_ level: Int32, _ message: String) {
        // Called outside of the lock, so that a sink may log itself.
        sink.withLock { $0 }?(level, message)
    }

    /// Who hears at once, besides the log, of what a plugin did that it must not do.
    public func setWarning(_ warn: CallGuard.Warn?) {
        let before = warning.withLock { warning in
            defer { warning = warn }
            return warning
        }
        withExtendedLifetime(before) {}
    }

    /// Says what a plugin did that it must not do and that could be put right.
    public func warn(_ message: String) {
        log(Int32(EOS_LOG_WARNING), message)
        warning.withLock { $0 }?(message)
    }

    /// A training begins: from here on `cancel` is heard, until `endTraining`.
    public func beginTraining() { _ = training.exchange(1, ordering: .sequentiallyConsistent) }

    /// What is evaluated from here on is not the training's: a stop that comes too late must not end it.
    public func endTraining() { _ = training.exchange(0, ordering: .sequentiallyConsistent) }

    /// Asks evaluations of the training under way that take long to end early; nothing where none is.
    ///
    /// A stop is to be known to the trainer before this is called: where the training begins meanwhile, the trainer sees
    /// it.
    public func cancel() { _ = training.bitwiseOr(2, ordering: .sequentiallyConsistent) }

    public var cancelled: Bool { training.load(ordering: .relaxed) == 3 }

    /// The sentence that came with `status`, for which `function` did or did not call `fail`.
    func failure(_ status: eos_status, in function: String) -> EosError {
        let text = failures.take() ?? "\(function) returned \(status) and set no error message"
        return EosError(status < 0 ? Int(status) : EOS_E_FAILED, text)
    }

    func loadData(_ configuration: Configuration, _ dtype: ElementType) throws(EosError) -> UnsafePointer<eos_dataset> {
        let data = try Dataset(configuration, as: dtype, directories: dataDirectories)
        loaded.withLock { $0[UInt(bitPattern: data.table)] = data }
        return data.table
    }

    func releaseData(_ table: UnsafePointer<eos_dataset>) {
        // The set ends outside of the lock: freeing gigabytes takes a while.
        let data = loaded.withLock { $0.removeValue(forKey: UInt(bitPattern: table)) }
        if data == nil { log(Int32(EOS_LOG_WARNING), "a plugin released a data set that is not loaded") }
    }
}

extension Host {
    /// The host of a table that `Host` made, without the cost of counting references.
    static func of<Result>(_ table: UnsafePointer<eos_host>?, _ body: (Host) -> Result) -> Result {
        Unmanaged<Host>.fromOpaque(table!.pointee.host_data)._withUnsafeGuaranteedRef { body($0) }
    }
}

extension Host {
    /// What stands around the calls into the code of `file`: it tells this host what that changed in the process.
    public func watch(over file: String) -> CallGuard {
        CallGuard(file: file, scope: scope) { [weak self] message in self?.warn(message) }
    }
}

/// Processors that this process may run on.
public func availableProcessors() -> Int {
    // Declared for _GNU_SOURCE only, which Swift's Glibc does not define; sysconf would count what a cpuset forbids.
    typealias GetAffinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
    guard let symbol = dlsym(nil, "sched_getaffinity") else { return 1 }
    var words = [UInt64](repeating: 0, count: 1024)
    let status = unsafeBitCast(symbol, to: GetAffinity.self)(0, words.count * 8, &words)
    guard status == 0 else { return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    return max(1, words.reduce(0) { $0 + $1.nonzeroBitCount })
}
