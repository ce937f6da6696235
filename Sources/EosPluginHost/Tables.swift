import CEos
import EosCore

/// A table that plugins give and whose fields are read only as far as its `struct_size` covers them.
protocol SizedTable {
    init()
    var struct_size: UInt32 { get }
}

extension eos_plugin: SizedTable {}
extension eos_descriptor: SizedTable {}
extension eos_parameter: SizedTable {}
extension eos_objective_factory: SizedTable {}
extension eos_policy_factory: SizedTable {}

extension SizedTable {
    /// Reads a table: as many bytes as it declares and this host knows; the rest stays zero.
    ///
    /// - Parameter required: the size of the first release, with everything that a table must have.
    /// - Throws: `EOS_E_PLUGIN` for NULL or a table that declares less.
    init(
        at pointer: UnsafePointer<Self>?, required: Int = MemoryLayout<Self>.size, _ name: String
    ) throws(EosError) {
        guard let pointer else { throw EosError(EOS_E_PLUGIN, "\(name) is NULL") }
        let declared = Int(UnsafeRawPointer(pointer).load(as: UInt32.self))
        guard declared >= required else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(name) has struct_size \(declared); this host needs at least \(required): set it to sizeof(\(Self.self))"
            )
        }
        self.init()
        withUnsafeMutableBytes(of: &self) { bytes in
            bytes.copyMemory(
                from: UnsafeRawBufferPointer(start: pointer, count: min(declared, MemoryLayout<Self>.size)))
        }
    }
}

/// The text at `pointer`, or an error that names the field.
func required(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(EosError) -> String {
    guard let pointer, pointer.pointee != 0 else { throw EosError(EOS_E_PLUGIN, "\(name) is missing") }
    return String(cString: pointer)
}
