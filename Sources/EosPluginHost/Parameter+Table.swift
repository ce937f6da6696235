import CEos
import EosCore

extension Parameter {
    /// Reads one row of a plugin's schema.
    ///
    /// - Throws: `EOS_E_PLUGIN` for a row that contradicts itself, naming the field.
    init(row: eos_parameter, _ name: String) throws(EosError) {
        let key = try required(row.key, "\(name).key")
        guard Identifier.isKey(key) else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(name).key is \"\(key)\"; it must be lower case words, such as \"first_step\" or \"data.file\"")
        }
        guard let kind = Kind(rawValue: row.type) else {
            throw EosError(EOS_E_PLUGIN, "\(key): type is \(row.type); it must be one of EOS_TYPE_* (1 to 6)")
        }
        guard row.minimum <= row.maximum else {
            throw EosError(
                EOS_E_PLUGIN, "\(key): minimum \(row.minimum) is above maximum \(row.maximum); swap them")
        }
        let flags = Flags(rawValue: row.flags)
        guard !flags.contains(.auto) || kind == .number else {
            throw EosError(EOS_E_PLUGIN, "\(key): EOS_PARAMETER_AUTO is allowed only for EOS_TYPE_F64")
        }
        guard !flags.contains(.required) || row.default_value == nil else {
            throw EosError(EOS_E_PLUGIN, "\(key) is required but has a default; remove one")
        }
        let choices = try optional(row.choices, "\(name).choices") ?? ""
        self.init(
            key, kind, default: try optional(row.default_value, "\(name).default_value"),
            range: row.minimum == row.maximum ? nil : row.minimum...row.maximum,
            unit: row.unit.map { readableText($0) }, choices: choices.split(separator: "|").map(String.init),
            flags: flags, row.text.map { readableText($0) } ?? "")
        do throws(EosError) {
            if defaultText != nil { _ = try Schema([self]).resolve(Configuration(), for: "its default") }
        } catch {
            throw EosError(EOS_E_PLUGIN, "\(key): \(error.message)")
        }
    }
}

extension Schema {
    /// Bytes from one row to the next.
    private static let longestRow = 4096

    /// Reads the rows of a descriptor, which lie `struct_size` of the first apart.
    init(rows: UnsafePointer<eos_parameter>?, count: Int64) throws(EosError) {
        guard (0...10_000).contains(count) else {
            throw EosError(EOS_E_PLUGIN, "parameter_count is \(count); it must be 0 to 10000")
        }
        self.init([])
        guard count > 0 else { return }
        guard let rows else { throw EosError(EOS_E_PLUGIN, "parameters is NULL and parameter_count \(count)") }
        let distance = Int(rows.pointee.struct_size)
        // A row grows by a few fields in a release: by more, and the second row would be read from anywhere.
        guard distance <= Self.longestRow else {
            throw EosError(
                EOS_E_PLUGIN,
                "parameters[0] has struct_size \(distance), which is not possible; set it to sizeof(eos_parameter)")
        }
        for index in 0..<Int(count) {
            let name = "parameters[\(index)]"
            let row = (UnsafeRawPointer(rows) + index * distance).assumingMemoryBound(to: eos_parameter.self)
            let parameter = try Parameter(row: try eos_parameter(at: row, name), name)
            guard !parameters.contains(where: { $0.key == parameter.key }) else {
                throw EosError(EOS_E_PLUGIN, "\(name): the key \(parameter.key) is declared twice")
            }
            parameters.append(parameter)
        }
    }
}
