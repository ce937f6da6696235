import CEos

/// The values that a user gave for the keys of a schema, checked and with the defaults filled in.
///
/// Lent for the `init` that receives it: do not store it.
public struct ConfigReader {
    let host: UnsafePointer<eos_host>
    let configuration: OpaquePointer?

    public init(host: UnsafePointer<eos_host>, configuration: OpaquePointer?) {
        self.host = host
        self.configuration = configuration
    }

    public func bool(_ key: String) throws(PluginError) -> Bool { try required(key, bool(ifSet: key)) }
    public func integer(_ key: String) throws(PluginError) -> Int { try required(key, integer(ifSet: key)) }
    public func string(_ key: String) throws(PluginError) -> String { try required(key, string(ifSet: key)) }
    public func numbers(_ key: String) throws(PluginError) -> [Double] { try required(key, numbers(ifSet: key)) }
    public func strings(_ key: String) throws(PluginError) -> [String] { try required(key, strings(ifSet: key)) }

    /// NaN for "auto".
    public func number(_ key: String) throws(PluginError) -> Double { try required(key, anyNumber(key)) }

    /// nil where the key has no value, or is "auto".
    public func number(ifSet key: String) throws(PluginError) -> Double? {
        try anyNumber(key).flatMap { $0.isNaN ? nil : $0 }
    }

    private func anyNumber(_ key: String) throws(PluginError) -> Double? {
        var value = 0.0
        return try isSet(key, host.pointee.get_f64(host, configuration, key, &value)) ? value : nil
    }

    /// nil where the key has no value.
    public func bool(ifSet key: String) throws(PluginError) -> Bool? {
        var value: Int32 = 0
        return try isSet(key, host.pointee.get_bool(host, configuration, key, &value)) ? value != 0 : nil
    }

    /// nil where the key has no value.
    public func integer(ifSet key: String) throws(PluginError) -> Int? {
        var value: Int64 = 0
        return try isSet(key, host.pointee.get_i64(host, configuration, key, &value)) ? Int(value) : nil
    }

    /// nil where the key has no value.
    public func string(ifSet key: String) throws(PluginError) -> String? {
        var value: UnsafePointer<CChar>?
        let set = try isSet(key, host.pointee.get_string(host, configuration, key, &value))
        return set ? value.map { String(cString: $0) } : nil
    }

    /// nil where the key has no value.
    public func numbers(ifSet key: String) throws(PluginError) -> [Double]? {
        var values: UnsafePointer<Double>?
        var count: Int64 = 0
        let set = try isSet(key, host.pointee.get_f64_array(host, configuration, key, &values, &count))
        return set ? Array(UnsafeBufferPointer(start: values, count: Int(count))) : nil
    }

    /// nil where the key has no value.
    public func strings(ifSet key: String) throws(PluginError) -> [String]? {
        var values: UnsafePointer<UnsafePointer<CChar>?>?
        var count: Int64 = 0
        let set = try isSet(key, host.pointee.get_strings(host, configuration, key, &values, &count))
        return set
            ? UnsafeBufferPointer(start: values, count: Int(count)).map { $0.map { String(cString: $0) } ?? "" } : nil
    }

    private func isSet(_ key: String, _ status: eos_status) throws(PluginError) -> Bool {
        switch Int(status) {
        case EOS_OK: return true
        case EOS_E_NOT_FOUND: return false
        case EOS_E_CONFIG:
            throw .configuration("\(key) is read with another type than in its schema; use the type of the schema")
        default: throw PluginError(Int(status), "\(key) can't be read: status \(status)")
        }
    }

    private func required<T>(_ key: String, _ value: T?) throws(PluginError) -> T {
        guard let value else { throw .configuration("\(key) has no value; set it, or give it a default") }
        return value
    }
}
