/// Which registers the arguments of a call take, by the System V ABI for AMD64, section 3.2.3.
///
/// It is known here for one fault of libffi 3.4: of a struct whose first eight bytes travel in the last register for
/// integers and the others in one for floating point, ffi_call writes all bytes to the place of the former, past which
/// lies the first register for floating point.
struct RegisterUse {
    private enum Class { case integer, floatingPoint }

    private let types: TypeTable
    private var integers = 0
    private var floats = 0

    /// The argument that ffi_call would pass wrongly; nil for most signatures.
    static func misplaced(_ signature: Signature, _ types: TypeTable) -> Int? {
        #if arch(x86_64)
            var use = RegisterUse(types: types)
            // Where the result goes is an argument, too.
            if case .structure = signature.returns, types.size(of: signature.returns)!.size > 16 { use.integers = 1 }
            return signature.parameters.firstIndex { use.takeIsMisplaced($0.type) }
        #else
            return nil
        #endif
    }

    private init(types: TypeTable) { self.types = types }

    private mutating func takeIsMisplaced(_ type: CType) -> Bool {
        let size = types.size(of: type)?.size ?? 8
        guard size <= 16 else { return false }
        var classes = [Class?](repeating: nil, count: (size + 7) / 8)
        classify(type, at: 0, &classes)
        let (wanted, wantedFloats) = (classes.count { $0 == .integer }, classes.count { $0 == .floatingPoint })
        // All of an argument travels in registers, or nothing.
        guard integers + wanted <= 6, floats + wantedFloats <= 8 else { return false }
        let isMisplaced = integers == 5 && floats > 0 && classes == [.integer, .floatingPoint]
        integers += wanted
        floats += wantedFloats
        return isMisplaced
    }

    /// Eight bytes travel as floating point where all numbers in them do.
    private func classify(_ type: CType, at offset: Int, _ classes: inout [Class?]) {
        switch type {
        case .structure(let name):
            guard let layout = types.layouts[name] else { return }
            for (field, start) in zip(layout.fields, layout.offsets) {
                classify(field.type, at: offset + start, &classes)
            }
        case .array(let element, let count):
            let stride = types.size(of: element)?.size ?? 0
            for index in 0..<count { classify(element, at: offset + index * stride, &classes) }
        default:
            let place = offset / 8
            if classes[place] != .integer { classes[place] = type.isFloatingPoint ? .floatingPoint : .integer }
        }
    }
}
