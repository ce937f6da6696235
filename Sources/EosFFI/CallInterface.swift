import CEos
import CFFI
import EosCore

/// How the arguments of a signature travel on this machine: libffi's `cif`, prepared once.
///
/// Whatever calls or is called through it keeps it.
public final class CallInterface: @unchecked Sendable {
    public let signature: Signature
    public let types: TypeTable
    let cif: UnsafeMutablePointer<ffi_cif>
    private let arguments: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    /// - Throws: `EOS_E_CONFIG` for a struct by value that is not declared.
    public init(_ signature: Signature, _ types: TypeTable) throws(EosError) {
        var list: [UnsafeMutablePointer<ffi_type>] = []
        for (index, parameter) in signature.parameters.enumerated() {
            guard parameter.type != .void, let type = types.type(parameter.type) else {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(signature.name): argument \(parameter.name ?? "\(index + 1)") is a \(parameter.type) by value: "
                        + "declare its layout in a table [struct.NAME]")
            }
            list.append(type)
        }
        guard let returns = types.type(signature.returns) else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): returns a \(signature.returns): declare its layout in a table [struct.NAME]")
        }
        arguments = .allocate(capacity: max(1, list.count))
        for (index, type) in list.enumerated() { (arguments + index).initialize(to: type) }
        cif = .allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        self.signature = signature
        self.types = types
        let status = ffi_prep_cif(cif, eos_ffi_default_abi(), UInt32(list.count), returns, arguments)
        guard eos_ffi_is_ok(status) != 0 else {
            throw EosError(EOS_E_UNSUPPORTED, "\(signature.name): libffi can't prepare the call (\(status.rawValue))")
        }
    }

    deinit {
        cif.deallocate()
        arguments.deallocate()
    }
}
