import CEos
import EosCore
import EosPluginHost

/// Behind the `eos_config` of a program. (Plugins are given one of the host's own, with resolved values.)
final class Config: Handle {
    let context: Context
    let values = ConfigHandle()

    init(_ context: Context) { self.context = context }

    /// The values of a configuration that may be NULL.
    static func values(_ config: OpaquePointer?) -> Configuration {
        config.map { from($0).values.configuration } ?? Configuration()
    }

    fileprivate static func reporting(
        _ config: OpaquePointer?, _ body: (ConfigHandle) throws(EosError) -> Void
    ) -> eos_status {
        EosExports.reporting(to: config.map { from($0).context.errors }) { () throws(EosError) in
            try body(try from(config, "config").values)
        }
    }

    fileprivate static func set(
        _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: () throws(EosError) -> Value
    ) -> eos_status {
        reporting(config) { values throws(EosError) in
            let key = try text(key, "key")
            guard !key.isEmpty else { throw EosError(EOS_E_INVALID, "key is empty; give the name of a parameter") }
            values.set(key, try value())
        }
    }

    fileprivate static func get<T>(
        _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<T>?,
        _ read: (ConfigHandle, String) throws(EosError) -> T
    ) -> eos_status {
        reporting(config) { values throws(EosError) in
            let out = try required(out, "out")
            out.pointee = try read(values, try text(key, "key"))
        }
    }
}

/// The elements of an array argument; NULL is allowed where there are none.
private func elements<T>(_ start: UnsafePointer<T>?, _ count: Int64) throws(EosError) -> UnsafeBufferPointer<T> {
    guard count >= 0, start != nil || count == 0 else {
        throw EosError(EOS_E_INVALID, "values is NULL or count, \(count), is negative")
    }
    return UnsafeBufferPointer(start: start, count: Int(count))
}

@c @implementation
public func eos_config_new(
    _ context: OpaquePointer!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        try required(out, "out").pointee = Config(context).retained()
    }
}

@c @implementation
public func eos_config_free(_ config: OpaquePointer!) { Config.release(config) }

@c @implementation
public func eos_config_set_bool(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ value: Int32
) -> eos_status {
    Config.set(config, key) { .bool(value != 0) }
}

@c @implementation
public func eos_config_set_i64(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ value: Int64
) -> eos_status {
    Config.set(config, key) { .integer(value) }
}

@c @implementation
public func eos_config_set_f64(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ value: Double
) -> eos_status {
    Config.set(config, key) { .number(value) }
}

@c @implementation
public func eos_config_set_string(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ value: UnsafePointer<CChar>!
) -> eos_status {
    Config.set(config, key) { () throws(EosError) in .string(ByteText.text(try required(value, "value"))) }
}

@c @implementation
public func eos_config_set_f64_array(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ values: UnsafePointer<Double>!, _ count: Int64
) -> eos_status {
    Config.set(config, key) { () throws(EosError) in .numbers(Array(try elements(values, count))) }
}

@c @implementation
public func eos_config_set_strings(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!,
    _ values: UnsafePointer<UnsafePointer<CChar>?>!, _ count: Int64
) -> eos_status {
    Config.set(config, key) { () throws(EosError) in
        var strings: [String] = []
        for value in try elements(values, count) {
            strings.append(ByteText.text(try required(value, "an element of values")))
        }
        return .strings(strings)
    }
}

@c @implementation
public func eos_config_set_text(
    _ config: OpaquePointer!, _ assignments: UnsafePointer<CChar>!
) -> eos_status {
    Config.reporting(config) { values throws(EosError) in
        try values.set(assignments: ByteText.text(try required(assignments, "assignments")))
    }
}

@c @implementation
public func eos_config_get_bool(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<Int32>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in
        try values.configuration.bool(key) ? 1 : 0
    }
}

@c @implementation
public func eos_config_get_i64(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<Int64>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in try values.configuration.integer(key) }
}

@c @implementation
public func eos_config_get_f64(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<Double>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in try values.configuration.number(key) }
}

@c @implementation
public func eos_config_get_string(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<UnsafePointer<CChar>?>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in try values.lendString(key) }
}

@c @implementation
public func eos_config_get_f64_array(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!,
    _ out: UnsafeMutablePointer<UnsafePointer<Double>?>!, _ count: UnsafeMutablePointer<Int64>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in
        let count = try required(count, "count")
        let numbers = try values.lendNumbers(key)
        count.pointee = Int64(numbers.count)
        return numbers.baseAddress
    }
}

@c @implementation
public func eos_config_get_strings(
    _ config: OpaquePointer!, _ key: UnsafePointer<CChar>!,
    _ out: UnsafeMutablePointer<UnsafePointer<UnsafePointer<CChar>?>?>!, _ count: UnsafeMutablePointer<Int64>!
) -> eos_status {
    Config.get(config, key, out) { (values, key) throws(EosError) in
        let count = try required(count, "count")
        let strings = try values.lendStrings(key)
        count.pointee = Int64(strings.count)
        return strings.baseAddress
    }
}
