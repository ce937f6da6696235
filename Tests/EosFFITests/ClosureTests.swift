import EosCore
import EosFFI
import Foundation
import Synchronization
import Testing

final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}

/// What C calls through a closure arrives, and what the closure returns arrives in C.
@Suite struct ClosureTests {
    let library: Library

    init() throws { library = try Library.shared.get() }

    /// C calls `callback(value)`, which gives the value back: at the width of the type, or of a register for integers.
    private func check<Value: BitwiseCopyable & Equatable>(
        _ name: String, _ type: String, _ values: [Value], _ handler: Closure.Handler
    ) throws {
        let call = try library.call("\(type) call_\(name)(\(type) (*callback)(\(type)), \(type) value)")
        let signature = try #require(call.interface.signature.parameters[0].type.callback)
        let counter = Counter()
        let closure = try Closure(
            try CallInterface(signature, library.types), context: Unmanaged.passUnretained(counter).toOpaque(), handler)
        call.set(0, closure.function)
        for value in values {
            call.set(1, value)
            call.invoke()
            #expect(call.result() == value, "\(type)")
        }
        #expect(counter.value == values.count)
        withExtendedLifetime(closure) {}
    }

    @Test func everyScalarThereAndBack() throws {
        try check("bool", "bool", [false, true], { @Sendable _, r, a, c in echo(r, a, c, UInt8.self) })
        try check("char", "char", [CChar.min, .max], { @Sendable _, r, a, c in echo(r, a, c, CChar.self) })
        try check("int8", "int8_t", [Int8.min, -1, .max], { @Sendable _, r, a, c in echo(r, a, c, Int8.self) })
        try check("uint8", "uint8_t", [UInt8.min, .max], { @Sendable _, r, a, c in echo(r, a, c, UInt8.self) })
        try check("int16", "int16_t", [Int16.min, -1, .max], { @Sendable _, r, a, c in echo(r, a, c, Int16.self) })
        try check("uint16", "uint16_t", [UInt16.min, .max], { @Sendable _, r, a, c in echo(r, a, c, UInt16.self) })
        try check("int32", "int32_t", [Int32.min, -1, .max], { @Sendable _, r, a, c in echo(r, a, c, Int32.self) })
        try check("uint32", "uint32_t", [UInt32.min, .max], { @Sendable _, r, a, c in echo(r, a, c, UInt32.self) })
        try check("int64", "int64_t", [Int64.min, -1, .max], { @Sendable _, r, a, c in echo(r, a, c, Int64.self) })
        try check(
            "double", "double", [-0.1, .infinity, .leastNonzeroMagnitude],
            { @Sendable _, result, arguments, context in
                let call = Closure.Call(result, arguments, context)
                Unmanaged<Counter>.fromOpaque(call.context)._withUnsafeGuaranteedRef { $0.add() }
                call.giveBack(call.argument(0, as: Double.self))
            })
        try check(
            "float", "float", [Float(-0.1), .infinity],
            { @Sendable _, result, arguments, context in
                let call = Closure.Call(result, arguments, context)
                Unmanaged<Counter>.fromOpaque(call.context)._withUnsafeGuaranteedRef { $0.add() }
                call.giveBack(call.argument(0, as: Float.self))
            })
    }

    /// Two closures over the same interface know their own contexts, on every thread.
    @Test func contextsAndThreads() throws {
        let interface = try CallInterface(
            Signature(name: "tick", returns: .void, parameters: []), library.types)
        let counters = [Counter(), Counter()]
        let closures = try counters.map { counter in
            try Closure(interface, context: Unmanaged.passUnretained(counter).toOpaque()) {
                @Sendable _, _, _, context in
                Unmanaged<Counter>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.add() }
            }
        }
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let call = ForeignCall(closures[thread % 2].function, interface)
            for _ in 0..<(10_000 * (thread % 2 + 1)) { call.invoke() }
        }
        #expect(counters.map(\.value) == [20_000, 40_000])
    }

    /// Thousands made and freed take no more room than a few.
    @Test func closuresAreFreed() throws {
        let interface = try CallInterface(
            Signature(name: "nothing", returns: .void, parameters: []), library.types)
        var places: Set<UInt> = []
        for _ in 0..<10_000 {
            let closure = try Closure(interface, context: UnsafeMutableRawPointer(bitPattern: 8)!) {
                @Sendable _, _, _, _ in
            }
            places.insert(UInt(bitPattern: closure.function))
        }
        #expect(places.count < 100)
    }

    @Test func theModeIsFoundOut() {
        #expect(ClosureMode.probe() != .unavailable)
    }
}

private func echo<Value: BinaryInteger & BitwiseCopyable>(
    _ result: UnsafeMutableRawPointer?, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ context: UnsafeMutableRawPointer?, _ type: Value.Type
) {
    let call = Closure.Call(result, arguments, context)
    Unmanaged<Counter>.fromOpaque(call.context)._withUnsafeGuaranteedRef { $0.add() }
    call.giveBack(integer: Int64(truncatingIfNeeded: call.argument(0, as: type)))
}
