import CEos
import CFFI
import EosCore

/// The types of libffi for those of C, with the layouts of structs as this machine's ABI has them.
///
/// Its types live as long as it does, and every interface made with it keeps it.
public final class TypeTable: @unchecked Sendable {
    /// Where the fields of a struct lie.
    public struct Layout: Sendable {
        public let fields: [Signature.Parameter]
        /// Of each field, in bytes.
        public let offsets: [Int]
        public let size: Int
        public let alignment: Int
    }

    /// By name.
    public let layouts: [String: Layout]
    private let types: [String: UnsafeMutablePointer<ffi_type>]

    /// - Parameter structs: each may hold those before it.
    /// - Throws: `EOS_E_CONFIG` for a struct that holds one that is not declared before it.
    public init(_ structs: [StructLayout] = []) throws(EosError) {
        var types: [String: UnsafeMutablePointer<ffi_type>] = [:]
        var layouts: [String: Layout] = [:]
        do throws(EosError) {
            for layout in structs {
                guard types[layout.name] == nil else {
                    throw EosError(EOS_E_CONFIG, "the struct \(layout.name) is declared twice")
                }
                var elements: [UnsafeMutablePointer<ffi_type>] = []
                for field in layout.fields {
                    guard let type = Self.type(field.type, types) else {
                        throw EosError(
                            EOS_E_CONFIG,
                            "struct \(layout.name): the field \(field.name ?? "") is a \(field.type), which is not "
                                + "declared before it")
                    }
                    elements.append(type)
                }
                let type = Self.makeStruct(elements)
                types[layout.name] = type
                var offsets = [Int](repeating: 0, count: elements.count)
                guard eos_ffi_is_ok(ffi_get_struct_offsets(eos_ffi_default_abi(), type, &offsets)) != 0 else {
                    throw EosError(EOS_E_CONFIG, "struct \(layout.name): libffi can't lay it out")
                }
                layouts[layout.name] = Layout(
                    fields: layout.fields, offsets: offsets, size: type.pointee.size,
                    alignment: Int(type.pointee.alignment))
            }
        } catch {
            Self.free(types)
            throw error
        }
        self.types = types
        self.layouts = layouts
    }

    deinit { Self.free(types) }

    /// The type by which libffi passes it; nil for a struct that is not declared.
    func type(_ type: CType) -> UnsafeMutablePointer<ffi_type>? { Self.type(type, types) }

    /// Bytes and alignment of a value; nil for void and for structs that are not declared.
    public func size(of type: CType) -> (size: Int, alignment: Int)? {
        if case .structure(let name) = type { return layouts[name].map { ($0.size, $0.alignment) } }
        return type.size.map { ($0, $0) }
    }

    private static func type(
        _ type: CType, _ structs: [String: UnsafeMutablePointer<ffi_type>]
    ) -> UnsafeMutablePointer<ffi_type>? {
        switch type {
        case .void: eos_ffi_void()
        case .bool: eos_ffi_integer(1, 0)
        case .character: eos_ffi_integer(1, CChar.isSigned ? 1 : 0)
        case .integer(let bytes, let isSigned): eos_ffi_integer(Int32(bytes), isSigned ? 1 : 0)
        case .float: eos_ffi_float()
        case .double: eos_ffi_double()
        case .pointer: eos_ffi_pointer()
        case .structure(let name): structs[name]
        case .function: nil
        }
    }

    private static func makeStruct(
        _ elements: [UnsafeMutablePointer<ffi_type>]
    ) -> UnsafeMutablePointer<ffi_type> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: elements.count + 1)
        for (index, element) in elements.enumerated() { (list + index).initialize(to: element) }
        (list + elements.count).initialize(to: nil)
        let type = UnsafeMutablePointer<ffi_type>.allocate(capacity: 1)
        type.initialize(to: ffi_type(size: 0, alignment: 0, type: eos_ffi_struct_code(), elements: list))
        return type
    }

    private static func free(_ types: [String: UnsafeMutablePointer<ffi_type>]) {
        for type in types.values {
            type.pointee.elements.deallocate()
            type.deallocate()
        }
    }
}
