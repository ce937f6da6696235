import CEos

/// Writes the fields of a state or reads them: whoever describes a state names each of its fields once, so that what is
/// saved is what is loaded.
///
/// Scalars follow one another as `StateEncoder` writes them. Vectors are arrays of their own under their names, texts
/// belong to the state's metadata. Writing changes no field; reading sets it, and throws `EOS_E_FORMAT` where what is
/// there can't be it.
protocol FieldCoder {
    /// Whether fields are read.
    static var reads: Bool { get }

    mutating func integer(_ value: inout Int, in range: ClosedRange<Int>) throws(EosError)
    mutating func bool(_ value: inout Bool) throws(EosError)
    mutating func number(_ value: inout Double) throws(EosError)
    /// - Parameter count: how many there must be; nil: any number.
    mutating func numbers(_ values: inout [Double], count: Int?) throws(EosError)
    mutating func text(_ key: String, _ value: inout String?) throws(EosError)

    /// A vector that is saved in parts, each under a name of its own.
    mutating func vector(_ parts: [StatePart], _ vector: inout Vector) throws(EosError)
    /// As many vectors as there are, under `name` and a number from 0.
    mutating func vectors(_ name: String, _ vectors: inout [Vector]) throws(EosError)
    /// Refuses, when reading, an array that is there and must not be.
    mutating func none(_ name: String) throws(EosError)
}

/// Elements of a vector that are saved under a name.
struct StatePart {
    let name: String
    /// Elements before it.
    let offset: Int
    let shape: [Int]

    var count: Int { shape.reduce(1, *) }
}

extension FieldCoder {
    mutating func integer(_ value: inout Int) throws(EosError) { try integer(&value, in: .min ... .max) }

    /// How often something happened.
    mutating func count(_ value: inout Int) throws(EosError) { try integer(&value, in: 0...1 << 62) }

    mutating func integer(_ value: inout Int64, in range: ClosedRange<Int>) throws(EosError) {
        var integer = Int(value)
        try self.integer(&integer, in: range)
        value = Int64(integer)
    }

    /// One of the values of an enumeration.
    ///
    /// - Parameter what: "phase", for the message.
    mutating func code<Value: RawRepresentable>(
        _ value: inout Value, _ what: String
    ) throws(EosError) where Value.RawValue: BinaryInteger {
        var raw = Int(value.rawValue)
        try integer(&raw)
        guard let known = Value.RawValue(exactly: raw).flatMap(Value.init(rawValue:)) else {
            throw EosError(EOS_E_FORMAT, "the saved state has an unknown \(what)")
        }
        value = known
    }

    /// Numbers of one owner, as one array.
    mutating func numbers<Owner>(
        _ owner: inout Owner, _ fields: [WritableKeyPath<Owner, Double>]
    ) throws(EosError) {
        var values = fields.map { owner[keyPath: $0] }
        try numbers(&values, count: fields.count)
        guard Self.reads else { return }
        for (field, value) in zip(fields, values) { owner[keyPath: field] = value }
    }

    mutating func vector(_ name: String, _ vector: inout Vector) throws(EosError) {
        try self.vector([StatePart(name: name, offset: 0, shape: [vector.count])], &vector)
    }
}
