import CEos

/// Reads a state that is described to it. Vectors are made anew, so that those of before stay what they are.
struct FieldReader: FieldCoder {
    static var reads: Bool { true }

    let state: SavedState
    let space: HostSpace
    private(set) var decoder: StateDecoder

    /// - Parameter scalars: lent for as long as the reader is used.
    init(_ state: SavedState, _ space: HostSpace, scalars: UnsafeRawBufferPointer) {
        self.state = state
        self.space = space
        decoder = StateDecoder(scalars)
    }

    mutating func integer(_ value: inout Int, in range: ClosedRange<Int>) throws(EosError) {
        value = try decoder.integer(in: range)
    }

    mutating func bool(_ value: inout Bool) throws(EosError) { value = try decoder.bool() }
    mutating func number(_ value: inout Double) throws(EosError) { value = try decoder.double() }

    mutating func numbers(_ values: inout [Double], count: Int?) throws(EosError) {
        values = try decoder.doubles()
        if let count, values.count != count {
            throw EosError(EOS_E_FORMAT, "the saved state has \(values.count) numbers instead of \(count)")
        }
    }

    mutating func text(_ key: String, _ value: inout String?) { value = state.metadata[key] }

    mutating func vector(_ parts: [StatePart], _ vector: inout Vector) throws(EosError) {
        vector = try state.vector(parts, space)
    }

    mutating func vectors(_ name: String, _ vectors: inout [Vector]) throws(EosError) {
        vectors = []
        while state.contains("\(name).\(vectors.count)") {
            let part = StatePart(name: "\(name).\(vectors.count)", offset: 0, shape: [space.count])
            vectors.append(try state.vector([part], space))
        }
    }

    mutating func none(_ name: String) throws(EosError) {
        if state.contains(name) {
            throw EosError(
                EOS_E_FORMAT, "the saved state contradicts itself: it has \(name), which does not belong to it")
        }
    }
}

extension SavedState {
    /// The vector that was saved in these parts.
    func vector(_ parts: [StatePart], _ space: HostSpace) throws(EosError) -> Vector {
        let vector = try space.makeVector()
        for part in parts {
            let start = vector.pointer + part.offset * space.type.size
            try withTensor(part.name, StateTensor.Element(space.type), count: part.count) { bytes in
                if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
            }
        }
        return vector
    }
}
