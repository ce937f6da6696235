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

    /// Bytes of the largest struct.
    public static let largest = 1 << 16

    /// By name.
    public let layouts: [String: Layout]
    private let types: TypeMaker

    /// - Parameter structs: each may hold those before it.
    /// - Throws: `EOS_E_CONFIG` for a struct that holds one that is not declared before it, and for one that is larger
    ///   than `largest`.
    public init(_ structs: [StructLayout] = []) throws(EosError) {
        let types = TypeMaker()
        var layouts: [String: Layout] = [:]
        for layout in structs {
            guard layouts[layout.name] == nil else {
                throw EosError(EOS_E_CONFIG, "the struct \(layout.name) is declared twice")
            }
            var elements: [UnsafeMutablePointer<ffi_type>] = []
            var bytes = 0
            for field in layout.fields {
                guard let size = Self.size(of: field.type, layouts)?.size else {
                    throw EosError(
                        EOS_E_CONFIG,
                        "struct \(layout.name): the field \(field.name ?? "") is a \(field.type), which is not "
                            + "declared before it")
                }
                // Before its type is made, which has a place for each element.
                bytes += size
                guard bytes <= Self.largest else { throw Self.tooLarge(layout.name) }
                elements.append(types.type(field.type)!)
            }
            let type = types.makeStruct(elements, name: layout.name)
            var offsets = [Int](repeating: 0, count: elements.count)
            guard eos_ffi_is_ok(ffi_get_struct_offsets(eos_ffi_default_abi(), type, &offsets)) != 0 else {
                throw EosError(EOS_E_CONFIG, "struct \(layout.name): libffi can't lay it out")
            }
            guard type.pointee.size <= Self.largest else { throw Self.tooLarge(layout.name) }
            layouts[layout.name] = Layout(
                fields: layout.fields, offsets: offsets, size: type.pointee.size,
                alignment: Int(type.pointee.alignment))
        }
        self.types = types
        self.layouts = layouts
    }

    private static func tooLarge(_ name: String) -> EosError {
        EosError(EOS_E_CONFIG, "struct \(name) is larger than \(largest) bytes; pass it as void *")
    }

    /// The type by which libffi passes it; nil for a struct that is not declared.
    func type(_ type: CType) -> UnsafeMutablePointer<ffi_type>? { types.type(type) }

    /// Bytes and alignment of a value; nil for void and for structs that are not declared.
    public func size(of type: CType) -> (size: Int, alignment: Int)? { Self.size(of: type, layouts) }

    private static func size(of type: CType, _ layouts: [String: Layout]) -> (size: Int, alignment: Int)? {
        switch type {
        case .structure(let name): layouts[name].map { ($0.size, $0.alignment) }
        case .array(let element, let count):
            size(of: element, layouts).map { one in
                // What no struct can hold is none the larger for it.
                (one.size > largest ? one.size : one.size * count, one.alignment)
            }
        default: type.size.map { ($0, $0) }
        }
    }
}
