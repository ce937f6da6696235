import CEos
import Glibc

/// What a plugin says about one objective or policy before any is made.
public struct Descriptor: Sendable {
    /// "org.example.name"; its last part is the short name in specs.
    public let id: String
    /// One line.
    public let title: String
    /// The paper or page that it comes from.
    public let source: String?
    public let parameters: [SchemaKey]
    /// Takes the host's keys `data.*` besides its own, for `HostServices.loadData`.
    public let usesData: Bool

    public init(
        id: String, title: String, source: String? = nil, parameters: [SchemaKey] = [], usesData: Bool = false
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.parameters = parameters
        self.usesData = usesData
    }

    /// The C face of it. Never freed: a host may keep what a plugin's table points to for as long as it likes.
    func immortal() -> eos_descriptor {
        let rows = UnsafeMutablePointer<eos_parameter>.allocate(capacity: max(parameters.count, 1))
        for (index, parameter) in parameters.enumerated() { (rows + index).initialize(to: parameter.immortal()) }
        var result = sized(eos_descriptor())
        result.flags = usesData ? UInt32(EOS_USES_DATA) : 0
        result.id = immortalCString(id)
        result.title = immortalCString(title)
        result.source = source.map(immortalCString)
        result.parameters = UnsafePointer(rows)
        result.parameter_count = Int64(parameters.count)
        return result
    }
}

extension SchemaKey {
    func immortal() -> eos_parameter {
        var row = sized(eos_parameter())
        row.type = UInt32(type)
        row.key = immortalCString(key)
        row.default_value = defaultText.map(immortalCString)
        row.minimum = minimum
        row.maximum = maximum
        row.unit = unit.map(immortalCString)
        row.choices = choices.isEmpty ? nil : immortalCString(choices.joined(separator: "|"))
        row.text = immortalCString(text)
        row.flags = flags
        return row
    }
}

/// A struct of the ABI with its size, which comes first in each.
func sized<Struct>(_ zero: Struct) -> Struct {
    var row = zero
    withUnsafeMutableBytes(of: &row) { $0.storeBytes(of: UInt32($0.count), as: UInt32.self) }
    return row
}

/// Copies that are never freed.
func immortal<Row>(_ row: Row) -> UnsafePointer<Row> {
    let copy = UnsafeMutablePointer<Row>.allocate(capacity: 1)
    copy.initialize(to: row)
    return UnsafePointer(copy)
}

func immortalCString(_ string: String) -> UnsafePointer<CChar> {
    guard let copy = strdup(string) else { fatalError("there is not enough memory for '\(string)'") }
    return UnsafePointer(copy)
}
