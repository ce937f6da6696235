import CFFI

/// Makes the types of libffi and owns those that it made.
final class TypeMaker: @unchecked Sendable {
    // Unchecked: nothing is added once the table that fills it is made.
    private var structs: [String: UnsafeMutablePointer<ffi_type>] = [:]
    private var arrays: [CType: UnsafeMutablePointer<ffi_type>] = [:]

    deinit {
        for type in Array(structs.values) + Array(arrays.values) {
            type.pointee.elements.deallocate()
            type.deallocate()
        }
    }

    /// nil for a struct that was not made, and for functions.
    func type(_ type: CType) -> UnsafeMutablePointer<ffi_type>? {
        switch type {
        case .void: eos_ffi_void()
        case .bool: eos_ffi_integer(1, 0)
        case .character: eos_ffi_integer(1, CChar.isSigned ? 1 : 0)
        case .integer(let bytes, let isSigned): eos_ffi_integer(Int32(bytes), isSigned ? 1 : 0)
        case .float: eos_ffi_float()
        case .double: eos_ffi_double()
        case .pointer: eos_ffi_pointer()
        case .structure(let name): structs[name]
        case .array(let element, let count): array(type, element, count)
        case .function: nil
        }
    }

    func makeStruct(_ elements: [UnsafeMutablePointer<ffi_type>], name: String) -> UnsafeMutablePointer<ffi_type> {
        let type = Self.make(elements)
        structs[name] = type
        return type
    }

    /// libffi has no arrays; a struct of as many elements lies and travels the same.
    private func array(_ array: CType, _ element: CType, _ count: Int) -> UnsafeMutablePointer<ffi_type>? {
        if let known = arrays[array] { return known }
        guard let one = type(element) else { return nil }
        let made = Self.make(Array(repeating: one, count: count))
        arrays[array] = made
        return made
    }

    private static func make(_ elements: [UnsafeMutablePointer<ffi_type>]) -> UnsafeMutablePointer<ffi_type> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: elements.count + 1)
        for (index, element) in elements.enumerated() { (list + index).initialize(to: element) }
        (list + elements.count).initialize(to: nil)
        let type = UnsafeMutablePointer<ffi_type>.allocate(capacity: 1)
        type.initialize(to: ffi_type(size: 0, alignment: 0, type: eos_ffi_struct_code(), elements: list))
        return type
    }
}
