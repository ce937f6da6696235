import CEos
import EosCore
import Glibc
import Synchronization

extension Offer {
    /// As C sees it, never freed: the same offer gives the same pointer.
    public var descriptor: UnsafePointer<eos_descriptor> {
        let address = Self.descriptors.withLock { known in
            if let address = known[self] { return address }
            let address = UInt(bitPattern: makeDescriptor())
            known[self] = address
            return address
        }
        return UnsafePointer(bitPattern: address)!
    }

    private static let descriptors = Mutex<[Offer: UInt]>([:])

    private func makeDescriptor() -> UnsafePointer<eos_descriptor> {
        let parameters = ownSchema.parameters
        let rows = UnsafeMutablePointer<eos_parameter>.allocate(capacity: max(1, parameters.count))
        for (index, parameter) in parameters.enumerated() {
            rows.advanced(by: index).initialize(to: .immortal(parameter))
        }
        let descriptor = UnsafeMutablePointer<eos_descriptor>.allocate(capacity: 1)
        descriptor.initialize(to: eos_descriptor())
        descriptor.pointee.struct_size = UInt32(MemoryLayout<eos_descriptor>.size)
        descriptor.pointee.flags = usesData ? UInt32(EOS_USES_DATA) : 0
        descriptor.pointee.id = immortalText(id)
        descriptor.pointee.title = immortalText(title)
        descriptor.pointee.source = immortalText(source)
        descriptor.pointee.parameters = UnsafePointer(rows)
        descriptor.pointee.parameter_count = Int64(parameters.count)
        return UnsafePointer(descriptor)
    }
}

extension eos_parameter {
    fileprivate static func immortal(_ parameter: Parameter) -> eos_parameter {
        var row = sized(eos_parameter())
        row.type = parameter.kind.rawValue
        row.key = immortalText(parameter.key)
        row.default_value = immortalText(parameter.defaultText)
        row.minimum = parameter.range?.lowerBound ?? 0
        row.maximum = parameter.range?.upperBound ?? 0
        row.unit = immortalText(parameter.unit)
        row.choices = immortalText(parameter.choices.isEmpty ? nil : parameter.choices.joined(separator: "|"))
        row.text = immortalText(parameter.text)
        row.flags = parameter.flags.rawValue
        return row
    }
}

/// C text that is never freed, for constants of the process.
func immortalText(_ text: String?) -> UnsafePointer<CChar>? {
    text.map { UnsafePointer(strdup($0)) }
}
