import CEos
import CFFI
import EosCore

/// A C function made at run time: code that calls a handler with a context, for callers that pass none.
///
/// It may be called on any thread, for as long as this lives; never let it go from inside its own handler.
public final class Closure: @unchecked Sendable {
    public typealias Handler =
        @Sendable @convention(c) (
            UnsafeMutablePointer<ffi_cif>?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
            UnsafeMutableRawPointer?
        ) -> Void

    /// What the handler was called with.
    @frozen
    public struct Call {
        public let result: UnsafeMutableRawPointer
        public let arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        public let context: UnsafeMutableRawPointer

        @inline(__always)
        public init(
            _ result: UnsafeMutableRawPointer?, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
            _ context: UnsafeMutableRawPointer?
        ) {
            self.result = result!
            self.arguments = arguments!
            self.context = context!
        }

        /// Argument `index` at the width of its C type.
        @inline(__always)
        public func argument<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type = Value.self) -> Value {
            arguments[index]!.load(as: type)
        }

        @inline(__always)
        public func giveBack<Value: BitwiseCopyable>(_ value: Value) { result.storeBytes(of: value, as: Value.self) }

        /// Integers are returned at the width of a register.
        @inline(__always)
        public func giveBack(integer value: Int64) { result.storeBytes(of: value, as: Int64.self) }
    }

    public let interface: CallInterface
    /// What C calls.
    public let function: UnsafeMutableRawPointer
    private let closure: UnsafeMutableRawPointer

    /// - Parameter context: handed to the handler, not owned; a class through `Unmanaged`.
    /// - Throws: `EOS_E_UNSUPPORTED` where the system allows no code to be made at run time.
    public init(_ interface: CallInterface, context: UnsafeMutableRawPointer, _ handler: Handler) throws(EosError) {
        var code: UnsafeMutableRawPointer?
        guard let closure = eos_ffi_closure_alloc(&code), let code else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "closures are not available, because the system forbids writable and executable memory; run eos doctor")
        }
        let status = ffi_prep_closure_loc(
            closure.assumingMemoryBound(to: ffi_closure.self), interface.cif, handler, context, code)
        guard eos_ffi_is_ok(status) != 0 else {
            ffi_closure_free(closure)
            throw EosError(EOS_E_UNSUPPORTED, "libffi can't prepare the closure (\(status.rawValue))")
        }
        self.interface = interface
        self.closure = closure
        function = code
    }

    deinit { ffi_closure_free(closure) }
}
