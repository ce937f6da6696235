import CEos
import CEosGuard
import EosCore
import EosPluginHost
import Synchronization

/// The setup calls of a library, which run once, before its first object is made, and its cleanup calls, which run at
/// `ProcessEnd`.
final class LibrarySetup: Sendable {
    private let lastHost = LastHost()
    private let outcome = Mutex<Result<Void, EosError>?>(nil)

    /// Runs the setup calls where that has not been done; what failed once, fails again with the same sentence.
    ///
    /// - Parameter host: of the object that is made: observers that setup calls were given report there.
    func finish(_ library: ForeignLibrary, for host: Host?) throws(EosError) {
        if let host {
            lastHost.host = host
            for remark in library.remarks.take() { host.warn(remark) }
        }
        let result = outcome.withLock { outcome in
            if let outcome { return outcome }
            let result = Result { () throws(EosError) in try begin(library) }
            outcome = result
            return result
        }
        try result.get()
    }

    private func begin(_ library: ForeignLibrary) throws(EosError) {
        let manifest = library.manifest
        try run(manifest.setup, library)
        guard !manifest.cleanup.isEmpty else { return }
        // Errors of cleanup have nobody left to tell, and a thread that is still inside keeps the library.
        ProcessEnd.register {
            CallGuard(file: manifest.path, scope: .process) { _ in }.naming(CALL_DEINIT) {
                library.lock.tryLock { try? self.run(manifest.cleanup, library) }
            }
        }
    }

    private func run(_ functions: [ForeignFunction], _ library: ForeignLibrary) throws(EosError) {
        for function in functions {
            var environment = PlanEnvironment(handles: library.handles)
            environment.observers = .library(lastHost)
            let plan = try library.plan(function, environment)
            var frame = Frame()
            library.lock.withLock { plan.run(&frame) }
            let name = "\(function.node.place): \(function.signature.name)"
            if let status = frame.failure {
                throw EosError(EOS_E_FAILED, "\(name) failed with the status \(status)")
            }
            if case .handle(let handle) = function.result {
                guard let pointer = plan.call.result(as: UnsafeMutableRawPointer?.self) else {
                    throw EosError(EOS_E_FAILED, "\(name) returned NULL for \(handle)")
                }
                library.handles.cell(handle).storeBytes(of: pointer, as: UnsafeMutableRawPointer?.self)
            }
        }
    }
}
