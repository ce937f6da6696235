/// Writes a state that is described to it into a document.
///
/// Vectors are borrowed: the document is to be written before they change.
struct FieldWriter: FieldCoder {
    static var reads: Bool { false }

    let document: StateDocument
    private(set) var encoder = StateEncoder()

    init(_ document: StateDocument) { self.document = document }

    mutating func integer(_ value: inout Int, in range: ClosedRange<Int>) { encoder.encode(value) }
    mutating func bool(_ value: inout Bool) { encoder.encode(value) }
    mutating func number(_ value: inout Double) { encoder.encode(value) }
    mutating func numbers(_ values: inout [Double], count: Int?) { encoder.encode(values) }

    mutating func text(_ key: String, _ value: inout String?) {
        if let value { document.metadata[key] = value }
    }

    mutating func vector(_ parts: [StatePart], _ vector: inout Vector) {
        let type = vector.type
        for part in parts {
            let bytes = UnsafeRawBufferPointer(
                start: vector.pointer + part.offset * type.size, count: part.count * type.size)
            document.borrow(
                StateTensor(name: part.name, type: StateTensor.Element(type), shape: part.shape, bytes: bytes))
        }
    }

    mutating func vectors(_ name: String, _ vectors: inout [Vector]) {
        for i in vectors.indices {
            vector([StatePart(name: "\(name).\(i)", offset: 0, shape: [vectors[i].count])], &vectors[i])
        }
    }

    mutating func none(_ name: String) {}
}

extension StateTensor.Element {
    init(_ type: ElementType) { self = type == .f32 ? .f32 : .f64 }
}
