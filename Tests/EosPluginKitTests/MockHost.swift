import CEos
import EosPluginKit
import Glibc

/// A value of a mock configuration.
enum MockValue {
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case numbers([Double])
    case strings([String])
}

/// What an `eos_config` pointer points to in these tests.
final class MockConfiguration {
    let values: [String: MockValue]
    private var strings: [UnsafeMutablePointer<CChar>] = []
    private var arrays: [UnsafeMutableRawPointer] = []

    init(_ values: [String: MockValue] = [:]) { self.values = values }

    deinit {
        strings.forEach { free($0) }
        arrays.forEach { $0.deallocate() }
    }

    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    func lend(_ string: String) -> UnsafePointer<CChar>? {
        strings.append(strdup(string))
        return UnsafePointer(strings.last!)
    }

    func lend<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        memory.initialize(from: elements, count: elements.count)
        arrays.append(UnsafeMutableRawPointer(memory))
        return UnsafePointer(memory)
    }
}

/// A host that notes what a plugin tells it.
final class MockHost {
    private(set) var failures: [(status: eos_status, message: String)] = []
    private(set) var lines: [String] = []
    private(set) var released = 0
    var isCancelled = false
    /// What load_data gives; nil: it fails, having said why.
    var data: eos_dataset?
    private let storage = UnsafeMutablePointer<eos_host>.allocate(capacity: 1)
    private let dataStorage = UnsafeMutablePointer<eos_dataset>.allocate(capacity: 1)
    var table: UnsafePointer<eos_host> { UnsafePointer(storage) }

    init() {
        var host = eos_host()
        host.struct_size = UInt32(MemoryLayout<eos_host>.size)
        host.abi = EOS_ABI
        host.host_data = Unmanaged.passUnretained(self).toOpaque()
        host.get_extension = { _, _ in nil }
        host.log = { host, level, message in mock(host).lines.append("\(level) \(String(cString: message!))") }
        host.fail = { host, status, message in
            mock(host).failures.append((status, String(cString: message!)))
            return status
        }
        host.cancelled = { mock($0).isCancelled ? 1 : 0 }
        host.random_bits = { _, seed, first, count, out in
            for i in 0..<count { out![Int(i)] = bits(seed, first &+ UInt64(i)) }
        }
        host.random_uniform = { _, seed, first, count, out in
            for i in 0..<count { out![Int(i)] = uniform(seed, first &+ UInt64(i)) }
        }
        host.random_normal = { _, seed, first, count, out in
            for i in 0..<count {
                let counter = 2 * (first &+ UInt64(i))
                let radius = sqrt(-2 * log(1 - uniform(seed, counter)))
                out![Int(i)] = radius * cos(2 * .pi * uniform(seed, counter + 1))
            }
        }
        host.parallel = { _, count, body, context in for i in 0..<count { body!(context, i) } }
        host.load_data = { host, _, dtype, out in
            guard var data = mock(host).data else {
                return host!.pointee.fail(host, eos_status(EOS_E_IO), "digits.csv: cut")
            }
            data.dtype = dtype
            mock(host).dataStorage.initialize(to: data)
            out!.pointee = UnsafePointer(mock(host).dataStorage)
            return eos_status(EOS_OK)
        }
        host.release_data = { host, _ in mock(host).released += 1 }
        addConfiguration(to: &host)
        storage.initialize(to: host)
    }

    deinit {
        storage.deallocate()
        dataStorage.deallocate()
    }

    /// Makes the objective `id` of `plugin`, or gives the status.
    func objective(
        _ plugin: Plugin, _ id: String, _ values: [String: MockValue] = [:]
    ) -> (status: eos_status, object: MockObjective?) {
        let factory = plugin.objectiveFactory.pointee
        var ops: UnsafePointer<eos_objective_ops>?
        var box: UnsafeMutableRawPointer?
        let configuration = MockConfiguration(values)
        let status = factory.create(factory.ctx, table, id, configuration.pointer, &ops, &box)
        guard status == EOS_OK, let ops, let box else { return (status, nil) }
        return (status, MockObjective(ops: ops.pointee, box: box))
    }

    /// Makes the policy `id` of `plugin`, or gives the status.
    func policy(
        _ plugin: Plugin, _ id: String, _ values: [String: MockValue] = [:]
    ) -> (status: eos_status, object: MockPolicy?) {
        let factory = plugin.policyFactory.pointee
        var ops: UnsafePointer<eos_policy_ops>?
        var box: UnsafeMutableRawPointer?
        let configuration = MockConfiguration(values)
        let status = factory.create(factory.ctx, table, id, configuration.pointer, &ops, &box)
        guard status == EOS_OK, let ops, let box else { return (status, nil) }
        return (status, MockPolicy(ops: ops.pointee, box: box))
    }
}

/// An objective as the host sees it.
final class MockObjective {
    let ops: eos_objective_ops
    let box: UnsafeMutableRawPointer

    init(ops: eos_objective_ops, box: UnsafeMutableRawPointer) {
        self.ops = ops
        self.box = box
    }

    deinit { ops.destroy(box) }

    func evaluate<Scalar>(
        _ x: [Scalar], gradient: inout [Scalar], want: Int = EOS_WANT_VALUE | EOS_WANT_GRADIENT, id: Int64 = 0,
        sampleSeed: UInt64 = 0
    ) -> (status: eos_status, value: Double) {
        x.withUnsafeBufferPointer { x in
            gradient.withUnsafeMutableBufferPointer { gradient in
                var evaluation = eos_evaluation()
                evaluation.struct_size = UInt32(MemoryLayout<eos_evaluation>.size)
                evaluation.want = UInt32(want)
                evaluation.x = UnsafeRawPointer(x.baseAddress)
                evaluation.gradient = UnsafeMutableRawPointer(gradient.baseAddress)
                evaluation.evaluation = id
                evaluation.sample_seed = sampleSeed
                return (ops.evaluate(box, &evaluation), evaluation.value)
            }
        }
    }

    var description: eos_objective_description {
        var description = eos_objective_description()
        description.struct_size = UInt32(MemoryLayout<eos_objective_description>.size)
        _ = ops.describe(box, &description)
        return description
    }
}

/// A policy as the host sees it.
final class MockPolicy {
    let ops: eos_policy_ops
    let box: UnsafeMutableRawPointer

    init(ops: eos_policy_ops, box: UnsafeMutableRawPointer) {
        self.ops = ops
        self.box = box
    }

    deinit { ops.destroy(box) }
}

private func mock(_ host: UnsafePointer<eos_host>?) -> MockHost {
    Unmanaged<MockHost>.fromOpaque(host!.pointee.host_data).takeUnretainedValue()
}

private func bits(_ seed: UInt64, _ counter: UInt64) -> UInt64 {
    var z = seed &+ (counter &+ 1) &* 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}

private func uniform(_ seed: UInt64, _ counter: UInt64) -> Double { Double(bits(seed, counter) >> 11) * 0x1p-53 }

private func value(_ configuration: OpaquePointer?, _ key: UnsafePointer<CChar>?) -> (MockConfiguration, MockValue?) {
    let configuration = Unmanaged<MockConfiguration>.fromOpaque(UnsafeRawPointer(configuration!)).takeUnretainedValue()
    return (configuration, configuration.values[String(cString: key!)])
}

private func status(of value: MockValue?) -> eos_status {
    eos_status(value == nil ? EOS_E_NOT_FOUND : EOS_E_CONFIG)
}

private func addConfiguration(to host: inout eos_host) {
    host.get_bool = { _, configuration, key, out in
        guard case (_, .bool(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = found ? 1 : 0
        return eos_status(EOS_OK)
    }
    host.get_i64 = { _, configuration, key, out in
        guard case (_, .integer(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = found
        return eos_status(EOS_OK)
    }
    host.get_f64 = { _, configuration, key, out in
        guard case (_, .number(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = found
        return eos_status(EOS_OK)
    }
    host.get_string = { _, configuration, key, out in
        guard case (let owner, .string(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = owner.lend(found)
        return eos_status(EOS_OK)
    }
    host.get_f64_array = { _, configuration, key, out, count in
        guard case (let owner, .numbers(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = owner.lend(found)
        count!.pointee = Int64(found.count)
        return eos_status(EOS_OK)
    }
    host.get_strings = { _, configuration, key, out, count in
        guard case (let owner, .strings(let found)?) = value(configuration, key) else {
            return status(of: value(configuration, key).1)
        }
        out!.pointee = owner.lend(found.map { owner.lend($0) })
        count!.pointee = Int64(found.count)
        return eos_status(EOS_OK)
    }
}
