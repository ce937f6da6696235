import CEos
import CFFI
import EosCore

/// How the arguments of a signature travel on this machine: libffi's `cif`, prepared once.
///
/// Whatever calls or is called through it keeps it.
public final class CallInterface: @unchecked Sendable {
    /// What is handed to libffi of an argument, from a byte of it on.
    struct Piece {
        let argument: Int
        let offset: Int
    }

    public let signature: Signature
    public let types: TypeTable
    /// For closures: a type for each argument.
    var cif: UnsafeMutablePointer<ffi_cif> { whole.cif }
    /// For calls: a type for each piece.
    var callingCIF: UnsafeMutablePointer<ffi_cif> { calling.cif }
    let pieces: [Piece]
    private let whole: PreparedTypes
    private let calling: PreparedTypes

    /// - Throws: `EOS_E_CONFIG` for a struct by value that is not declared, and for more bytes of them than
    ///   `TypeTable.largest`.
    public init(_ signature: Signature, _ types: TypeTable) throws(EosError) {
        var list: [UnsafeMutablePointer<ffi_type>] = []
        for (index, parameter) in signature.parameters.enumerated() {
            guard parameter.type != .void, let type = types.type(parameter.type) else {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(signature.name): argument \(parameter.name ?? "\(index + 1)") is a \(parameter.type) by value; "
                        + "declare its layout in a table [struct.NAME]")
            }
            list.append(type)
        }
        guard let returns = types.type(signature.returns) else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): it returns a \(signature.returns); declare its layout in a table [struct.NAME]")
        }
        // libffi takes them from the stack, twice.
        let bytes = signature.parameters.map { types.size(of: $0.type)?.size ?? 0 }.reduce(0, +)
        guard bytes <= TypeTable.largest else {
            throw EosError(
                EOS_E_CONFIG,
                "\(signature.name): \(bytes) bytes of arguments by value exceed \(TypeTable.largest); "
                    + "pass structs by pointer")
        }
        self.signature = signature
        self.types = types
        // libffi fills in the sizes of structs.
        whole = try PreparedTypes(list, returns, signature.name)
        var pieces = list.indices.map { Piece(argument: $0, offset: 0) }
        if let index = RegisterUse.misplaced(signature, types) {
            // Two numbers take the registers that the struct would.
            pieces.insert(Piece(argument: index, offset: 8), at: index + 1)
            list[index] = eos_ffi_integer(8, 0)
            list.insert(eos_ffi_double(), at: index + 1)
            calling = try PreparedTypes(list, returns, signature.name)
        } else {
            calling = whole
        }
        self.pieces = pieces
    }
}

/// A `cif` with the list of types that it points to.
private final class PreparedTypes {
    let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
    private let arguments: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    init(
        _ list: [UnsafeMutablePointer<ffi_type>], _ returns: UnsafeMutablePointer<ffi_type>, _ name: String
    ) throws(EosError) {
        arguments = .allocate(capacity: max(1, list.count))
        for (index, type) in list.enumerated() { (arguments + index).initialize(to: type) }
        cif.initialize(to: ffi_cif())
        let status = ffi_prep_cif(cif, eos_ffi_default_abi(), UInt32(list.count), returns, arguments)
        guard eos_ffi_is_ok(status) != 0 else {
            throw EosError(EOS_E_UNSUPPORTED, "\(name): libffi can't prepare the call (\(status.rawValue))")
        }
    }

    deinit {
        cif.deallocate()
        arguments.deallocate()
    }
}
