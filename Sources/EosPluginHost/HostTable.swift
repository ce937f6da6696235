import CEos
import EosCore
import Glibc

extension eos_host {
    /// The functions of every host; `host_data` is left for its owner to set.
    static var functions: eos_host {
        var table = sized(eos_host())
        table.abi = UInt32(EOS_ABI)
        table.name = UnsafePointer(constantName)
        table.version = UnsafePointer(constantVersion)
        table.setServices()
        table.setRandom()
        table.setConfiguration()
        table.setData()
        return table
    }

    private mutating func setServices() {
        get_extension = { _, _ in nil }
        log = { host, level, message in
            guard let message else { return }
            Host.of(host) { $0.log(level, oneLine(readableText(message))) }
        }
        fail = { host, status, message in
            Host.of(host) { $0.failures.message = message.map { oneLine(readableText($0)) } }
            return status
        }
        cancelled = { host in Host.of(host) { $0.cancelled } ? 1 : 0 }
        parallel = { host, count, body, context in
            guard let body else { return }
            Host.of(host) { $0.pool.run(count, body, context) }
        }
    }

    private mutating func setRandom() {
        random_bits = { _, seed, first, count, out in
            fill(out, first, count) { Random(seed: seed).bits($0) }
        }
        random_uniform = { _, seed, first, count, out in
            fill(out, first, count) { Random(seed: seed).uniform($0) }
        }
        random_normal = { _, seed, first, count, out in
            fill(out, first, count) { Random(seed: seed).normal($0) }
        }
    }

    private mutating func setConfiguration() {
        get_bool = { _, config, key, out in
            read(config, key, out) { (handle, key) throws(EosError) in try handle.configuration.bool(key) ? 1 : 0 }
        }
        get_i64 = { _, config, key, out in
            read(config, key, out) { (handle, key) throws(EosError) in try handle.configuration.integer(key) }
        }
        get_f64 = { _, config, key, out in
            read(config, key, out) { (handle, key) throws(EosError) in try handle.configuration.number(key) }
        }
        get_string = { _, config, key, out in
            read(config, key, out) { (handle, key) throws(EosError) in try handle.lendString(key) }
        }
        get_f64_array = { _, config, key, out, count in
            guard let count else { return eos_status(EOS_E_INVALID) }
            return read(config, key, out) { (handle, key) throws(EosError) in
                let numbers = try handle.lendNumbers(key)
                count.pointee = Int64(numbers.count)
                return numbers.baseAddress
            }
        }
        get_strings = { _, config, key, out, count in
            guard let count else { return eos_status(EOS_E_INVALID) }
            return read(config, key, out) { (handle, key) throws(EosError) in
                let strings = try handle.lendStrings(key)
                count.pointee = Int64(strings.count)
                return strings.baseAddress
            }
        }
    }

    private mutating func setData() {
        load_data = { host, config, dtype, out in
            Host.of(host) { host in
                guard let config, let out, let type = ElementType(rawValue: dtype) else {
                    host.failures.message =
                        "load_data: dtype is \(dtype); it must be EOS_F32 (1) or EOS_F64 (2), config and out not NULL"
                    return eos_status(EOS_E_INVALID)
                }
                do throws(EosError) {
                    out.pointee = try host.loadData(ConfigHandle.of(config).configuration, type)
                    return eos_status(EOS_OK)
                } catch {
                    host.failures.message = error.message
                    return error.status
                }
            }
        }
        release_data = { host, data in
            if let data { Host.of(host) { $0.releaseData(data) } }
        }
    }
}

/// Constants of the process: a plugin may keep what `name` and `version` point to.
nonisolated(unsafe) private let constantName = strdup("eos")!
nonisolated(unsafe) private let constantVersion = strdup(EOS_VERSION_STRING)!

private func fill<Element>(
    _ out: UnsafeMutablePointer<Element>?, _ first: UInt64, _ count: Int64, _ element: (UInt64) -> Element
) {
    guard let out, count > 0 else { return }
    for index in 0..<Int(count) { out[index] = element(first &+ UInt64(index)) }
}

/// Reads one value of the configuration into `out`, which stays as it is where there is none.
private func read<Result>(
    _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<Result>?,
    _ value: (ConfigHandle, String) throws(EosError) -> Result
) -> eos_status {
    guard let config, let key, let out else { return eos_status(EOS_E_INVALID) }
    do throws(EosError) {
        out.pointee = try value(ConfigHandle.of(config), readableText(key))
        return eos_status(EOS_OK)
    } catch {
        return error.status
    }
}
