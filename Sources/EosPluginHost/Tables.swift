import CEos
import EosCore

/// A table that plugins give and whose fields are read only as far as its `struct_size` covers them.
protocol SizedTable {
    init()
    var struct_size: UInt32 { get }

    /// Bytes up to the end of the last field that a table must have, in any release: it never grows, so that a plugin
    /// built with an earlier header is taken by every later host.
    static var least: Int { get }
}

/// To `get_factory`.
extension eos_plugin: SizedTable { static var least: Int { 64 } }
/// To `title`: what follows is for objectives with parameters.
extension eos_descriptor: SizedTable { static var least: Int { 24 } }
/// To `text`.
extension eos_parameter: SizedTable { static var least: Int { 64 } }
/// To `create`.
extension eos_objective_factory: SizedTable { static var least: Int { 40 } }
/// To `create`.
extension eos_policy_factory: SizedTable { static var least: Int { 40 } }

extension SizedTable {
    /// Reads a table: as many bytes as it declares and this host knows; the rest stays zero.
    ///
    /// - Parameter required: bytes that it must declare; `least` unless given.
    /// - Throws: `EOS_E_PLUGIN` for NULL or a table that declares less.
    init(at pointer: UnsafePointer<Self>?, required: Int = Self.least, _ name: String) throws(EosError) {
        guard let pointer else { throw EosError(EOS_E_PLUGIN, "\(name) is NULL") }
        let declared = UnsafeRawPointer(pointer).load(as: UInt32.self)
        guard declared >= required else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(name) has struct_size \(declared); this host needs at least \(required); set it to "
                    + "sizeof(\(Self.self))"
            )
        }
        self = readTable(pointer, declaring: declared, as: Self())
    }
}

/// The text at `pointer`, or an error that names the field.
func required(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(EosError) -> String {
    guard let text = try optional(pointer, name), !text.isEmpty else {
        throw EosError(EOS_E_PLUGIN, "\(name) is missing")
    }
    return text
}

/// The text at `pointer`, which must be UTF-8 since others compare it and write it down; nil for NULL.
func optional(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(EosError) -> String? {
    guard let pointer else { return nil }
    guard let text = String(validatingCString: pointer) else {
        throw EosError(EOS_E_PLUGIN, "\(name) is not UTF-8: \"\(readableText(pointer))\"")
    }
    return text
}
