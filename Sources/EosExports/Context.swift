import CEos
import EosCore
import EosPluginHost
import Synchronization

/// Behind `eos_context`: what was loaded, the threads and the last error. Objects made with a context keep it.
final class Context: Handle {
    typealias Log = @Sendable @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?) -> Void

    let errors = LastError()
    var catalogue = Catalogue()
    var threads = availableProcessors()
    private let sink = LogSink()

    func makeObjective(_ id: String, _ configuration: Configuration) throws(EosError) -> ObjectiveHandle {
        let host = makeHost()
        // A copy: a plugin's create may log, and the program's log may load another plugin.
        let catalogue = catalogue
        return ObjectiveHandle(self, try catalogue.makeObjective(id, configuration, host: host), host: host)
    }

    func makePolicy(_ id: String, _ configuration: Configuration) throws(EosError) -> any Policy {
        let catalogue = catalogue
        return try catalogue.makePolicy(id, configuration, host: makeHost())
    }

    func setLog(_ log: Log?, _ ctx: UnsafeMutableRawPointer?, _ destroy: Callback.Destroy?) {
        sink.set(log, ctx, destroy)
    }

    func log(_ level: Int, _ message: String) { sink.send(Int32(level), message) }

    /// A host for one object, so that cancelling it leaves the others alone.
    private func makeHost() -> Host {
        Host(threads: threads) { @Sendable [sink] level, message in sink.send(level, message) }
    }

    static func reporting(
        _ pointer: OpaquePointer?, _ body: (Context) throws(EosError) -> Void
    ) -> eos_status {
        EosExports.reporting(to: pointer.map { from($0).errors }) { () throws(EosError) in
            try body(try from(pointer, "context"))
        }
    }
}

/// Where log lines go. Any thread.
private final class LogSink: Sendable {
    private struct Target {
        let log: Context.Log
        nonisolated(unsafe) let ctx: UnsafeMutableRawPointer?
        let owner: Callback
    }

    private let target = Mutex<Target?>(nil)

    func set(_ log: Context.Log?, _ ctx: UnsafeMutableRawPointer?, _ destroy: Callback.Destroy?) {
        let owner = Callback(ctx, destroy)
        let address = UInt(bitPattern: ctx)
        let before = target.withLock { target in
            defer {
                target = log.map { Target(log: $0, ctx: UnsafeMutableRawPointer(bitPattern: address), owner: owner) }
            }
            return target
        }
        // The program's destroy may call back: it is called here, outside of the lock.
        withExtendedLifetime(before) {}
    }

    func send(_ level: Int32, _ message: String) {
        // The target keeps its context alive while it is called outside of the lock.
        guard let target = target.withLock({ $0 }) else { return }
        withExtendedLifetime(target.owner) { target.log(target.ctx, level, message) }
    }
}

@c @implementation
public func eos_context_new(_ out: UnsafeMutablePointer<OpaquePointer?>!) -> eos_status {
    reporting(to: nil) { () throws(EosError) in try required(out, "out").pointee = Context().retained() }
}

@c @implementation
public func eos_context_free(_ context: OpaquePointer!) { Context.release(context) }

@c @implementation
public func eos_context_set_threads(_ context: OpaquePointer!, _ threads: Int64) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        guard (1...1024).contains(threads) else {
            throw EosError(EOS_E_INVALID, "threads is \(threads); it must be 1 to 1024")
        }
        context.threads = Int(threads)
    }
}

@c @implementation
public func eos_context_set_log(
    _ context: OpaquePointer!,
    _ log: (@Sendable @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?) -> Void)!,
    _ ctx: UnsafeMutableRawPointer!, _ destroy: (@Sendable @convention(c) (UnsafeMutableRawPointer?) -> Void)!
) -> eos_status {
    var isTaken = false
    let status = Context.reporting(context) { context in
        isTaken = true
        context.setLog(log, ctx, destroy)
    }
    if !isTaken { destroy?(ctx) }
    return status
}
