import CEos
import EosCore
import EosPluginHost
import Foundation
import Synchronization
import Testing

@Suite struct HostTests {
    @Test func introducesItself() {
        let host = Host(threads: 3)
        let table = host.table.pointee
        #expect(table.struct_size == UInt32(MemoryLayout<eos_host>.size))
        #expect(table.abi == UInt32(EOS_ABI))
        #expect(String(cString: table.name) == "eos")
        #expect(String(cString: table.version) == EOS_VERSION_STRING)
        #expect(table.get_extension(host.table, "vendor.thing/1") == nil)
        #expect(host.threads == 3)
        #expect(Host(threads: 0).threads == 1)
        #expect(availableProcessors() >= 1)
    }

    @Test func logsToWhereItIsTold() {
        let lines = Mutex<[String]>([])
        let host = Host(threads: 1)
        host.table.pointee.log(host.table, Int32(EOS_LOG_INFO), "lost")
        host.setLog { level, message in lines.withLock { $0.append("\(level) \(message)") } }
        host.table.pointee.log(host.table, Int32(EOS_LOG_WARNING), "two\nlines\u{1b}")
        host.table.pointee.log(host.table, 0, nil)
        host.setLog(nil)
        host.table.pointee.log(host.table, 0, "lost")
        #expect(lines.withLock { $0 } == ["2 two lines "])
    }

    @Test func keepsTheLastSentenceOfAFailure() {
        let host = Host(threads: 1)
        #expect(host.table.pointee.fail(host.table, eos_status(EOS_E_IO), "first") == eos_status(EOS_E_IO))
        #expect(host.table.pointee.fail(host.table, 3, "second") == 3)
        #expect(host.failures.take() == "second")
        #expect(host.failures.take() == nil)
        #expect(host.table.pointee.fail(host.table, -1, nil) == -1)
        #expect(host.failures.take() == nil)
    }

    @Test func passesCancellingOn() {
        let host = Host(threads: 1)
        #expect(host.table.pointee.cancelled(host.table) == 0)
        // Nothing is under way: nothing is cancelled, neither now nor later.
        host.cancel()
        #expect(host.table.pointee.cancelled(host.table) == 0)
        host.beginTraining()
        #expect(host.table.pointee.cancelled(host.table) == 0)
        host.cancel()
        #expect(host.table.pointee.cancelled(host.table) == 1)
        #expect(host.cancelled)
        host.endTraining()
        #expect(host.table.pointee.cancelled(host.table) == 0)
    }

    @Test func drawsTheNumbersOfSplitMix64() {
        let host = Host(threads: 1)
        var bits = [UInt64](repeating: 1, count: 4)
        host.table.pointee.random_bits(host.table, 1, 0, 3, &bits)
        #expect(bits == [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67, 0xf893_a2ee_fb32_555e, 1])
        var uniform = [Double](repeating: -1, count: 2)
        host.table.pointee.random_uniform(host.table, 1, 1, 1, &uniform)
        #expect(uniform == [Double(bits[1] >> 11) / 9007199254740992, -1])
        var normal = [0.0, 0]
        host.table.pointee.random_normal(host.table, 9, 5, 2, &normal)
        for index in 0..<2 {
            let pair = UInt64(10 + 2 * index)
            let radius = sqrt(-2 * log(1 - Random(seed: 9).uniform(pair)))
            #expect(normal[index] == radius * cos(2 * .pi * Random(seed: 9).uniform(pair + 1)))
        }
        host.table.pointee.random_bits(host.table, 1, 0, -5, &bits)
        host.table.pointee.random_bits(host.table, 1, 0, 5, nil)
        host.table.pointee.random_bits(host.table, 1, .max, 2, &bits)
        #expect(bits[1] == 0x910a_2dec_8902_5cc1)
    }

    @Test func normalsHaveTheRightMoments() {
        let host = Host(threads: 1)
        var x = [Double](repeating: 0, count: 100_000)
        host.table.pointee.random_normal(host.table, 4, 0, Int64(x.count), &x)
        for (power, moment) in [(1, 0.0), (2, 1), (3, 0), (4, 3)] {
            let mean = x.reduce(0) { $0 + pow($1, Double(power)) } / Double(x.count)
            #expect(abs(mean - moment) < 0.06)
        }
    }

    @Test func refusesArgumentsThatAreNone() {
        let host = Host(threads: 1)
        let handle = ConfigHandle()
        var out: UnsafePointer<eos_dataset>?
        #expect(host.table.pointee.load_data(host.table, handle.pointer, 7, &out) == eos_status(EOS_E_INVALID))
        #expect(host.failures.take()?.hasPrefix("load_data: dtype is 7; it must be EOS_F32 (1) or EOS_F64 (2)") == true)
        #expect(host.table.pointee.load_data(host.table, nil, 1, &out) == eos_status(EOS_E_INVALID))
        var number = 1.5
        #expect(host.table.pointee.get_f64(host.table, nil, "a", &number) == eos_status(EOS_E_INVALID))
        #expect(host.table.pointee.get_f64(host.table, handle.pointer, "a", nil) == eos_status(EOS_E_INVALID))
        #expect(host.table.pointee.get_f64(host.table, handle.pointer, "a", &number) == eos_status(EOS_E_NOT_FOUND))
        #expect(number == 1.5)
    }

    @Test func dataStaysUntilItIsReleased() throws {
        let host = Host(threads: 1)
        let handle = ConfigHandle()
        try handle.set(assignments: "data.generator=clusters data.train=3 other=1")
        var first: UnsafePointer<eos_dataset>?
        var second: UnsafePointer<eos_dataset>?
        #expect(host.table.pointee.load_data(host.table, handle.pointer, 1, &first) == eos_status(EOS_OK))
        #expect(host.table.pointee.load_data(host.table, handle.pointer, 2, &second) == eos_status(EOS_OK))
        host.table.pointee.release_data(host.table, first)
        #expect(second?.pointee.train == 3)
        #expect(second?.pointee.inputs.load(as: Double.self).isFinite == true)
        host.table.pointee.release_data(host.table, second)
        let warnings = Mutex(0)
        host.setLog { level, _ in warnings.withLock { $0 += level == Int32(EOS_LOG_WARNING) ? 1 : 0 } }
        host.table.pointee.release_data(host.table, UnsafePointer(bitPattern: 64))
        #expect(warnings.withLock { $0 } == 1)
    }
}

@Suite struct ConfigHandleTests {
    @Test func lendsUntilTheKeyIsSetAgain() throws {
        let handle = ConfigHandle()
        try handle.set(assignments: "name=relu sizes=[1,2.5] words=[\"x\",\"yz\"] none=[]")
        let name = try handle.lendString("name")
        let sizes = try handle.lendNumbers("sizes")
        let words = try handle.lendStrings("words")
        handle.set("other", .string("new"))
        try handle.set(assignments: "more=1")
        #expect(try handle.lendString("name") == name)
        #expect(String(cString: name) == "relu")
        #expect(Array(sizes) == [1, 2.5])
        #expect(words.map { String(cString: $0!) } == ["x", "yz"])
        #expect(try handle.lendNumbers("none").isEmpty)
        #expect(try handle.lendStrings("none").isEmpty)
        handle.set("name", .string("tanh"))
        #expect(String(cString: try handle.lendString("name")) == "tanh")
        try handle.set(assignments: "sizes=[7]")
        #expect(Array(try handle.lendNumbers("sizes")) == [7])
        #expect(throws: EosError.self) { try handle.lendString("sizes") }
        #expect(throws: EosError.self) { try handle.lendString("missing") }
        handle.set("name", nil)
        #expect(throws: EosError.self) { try handle.lendString("name") }
    }

    @Test func setsAllAssignmentsOrNone() {
        let handle = ConfigHandle()
        #expect(throws: EosError.self) { try handle.set(assignments: "a=1 b") }
        #expect(handle.configuration.isEmpty)
    }

    @Test func livesBehindAPointer() {
        weak var watched: ConfigHandle?
        let pointer = {
            let handle = ConfigHandle()
            watched = handle
            return handle.retained()
        }()
        #expect(ConfigHandle.of(pointer) === watched)
        ConfigHandle.release(pointer)
        #expect(watched == nil)
    }
}
