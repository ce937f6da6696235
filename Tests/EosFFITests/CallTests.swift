import EosCore
import EosFFI
import Foundation
import Testing

/// What a C compiler made of marshalling.c is called as it expects.
@Suite struct CallTests {
    let library: Library

    init() throws { library = try Library.shared.get() }

    private func check<Value: BitwiseCopyable & Equatable>(_ name: String, _ type: String, _ values: [Value]) throws {
        let same = try library.call("\(type) same_\(name)(\(type) value)")
        for value in values {
            same.set(0, value)
            same.invoke()
            #expect(same.result() == value, "\(type)")
        }
        let next = try library.call("void next_\(name)(\(type) *value)")
        var value = values[0]
        withUnsafeMutablePointer(to: &value) { pointer in
            next.set(0, UnsafeMutableRawPointer(pointer))
            next.invoke()
        }
        #expect(value != values[0], "\(type) by reference")
    }

    @Test func everyScalarByValueAndByReference() throws {
        try check("bool", "bool", [false, true])
        try check("char", "char", [CChar.min, 0, .max])
        try check("int8", "int8_t", [Int8.min, -1, 0, .max])
        try check("uint8", "unsigned char", [UInt8.min, 127, 128, .max])
        try check("int16", "short", [Int16.min, -1, 0, .max])
        try check("uint16", "uint16_t", [UInt16.min, .max])
        try check("int32", "int", [Int32.min, -1, 0, .max])
        try check("uint32", "unsigned", [UInt32.min, .max])
        try check("int64", "long", [Int64.min, -1, 0, .max])
        try check("uint64", "size_t", [UInt64.min, .max])
        try check("float", "float", [Float.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, .infinity])
        try check("double", "double", [Double.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, -.infinity])
    }

    @Test func moreArgumentsThanRegisters() throws {
        let sum = try library.call(
            """
            double sum(int8_t a, double b, int64_t c, float d, uint16_t e, double f, double g, int32_t h, double i,
                       double j, double k, double l, uint64_t m, double n)
            """)
        sum.set(0, Int8(-1))
        sum.set(1, 2.0)
        sum.set(2, Int64(3))
        sum.set(3, Float(4))
        sum.set(4, UInt16(5))
        sum.set(5, 6.0)
        sum.set(6, 7.0)
        sum.set(7, Int32(-8))
        for (index, value) in [(8, 9.0), (9, 10), (10, 11), (11, 12)] { sum.set(index, value) }
        sum.set(12, UInt64(13))
        sum.set(13, 14.0)
        sum.invoke()
        let squares = (1...14).map { Double($0 * $0) }.reduce(0, +)
        #expect(sum.result() == squares - 2 - 2 * 64)
    }

    /// libffi 3.4 writes the second part of the struct over f.
    @Test func aStructInTheLastRegisterForIntegers() throws {
        let call = try library.call(
            "double last_register(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, double f, split s)")
        for index in 0..<5 { call.set(index, Int64(index)) }
        call.set(5, 3.0)
        call.slot(6).storeBytes(of: 4, as: Int32.self)
        call.slot(6).storeBytes(of: 5, toByteOffset: 4, as: Float.self)
        call.slot(6).storeBytes(of: 6, toByteOffset: 8, as: Float.self)
        for _ in 0..<2 {
            call.invoke()
            #expect(call.result() == 65_440.0)
        }
    }

    @Test func layoutsAreThoseOfTheCompiler() throws {
        let layout = try library.call("size_t layout(int which)")
        func fact(_ which: Int32) -> Int {
            layout.set(0, which)
            layout.invoke()
            return layout.result()
        }
        let mixed = try #require(library.types.layouts["mixed"])
        #expect([mixed.size, mixed.alignment] + mixed.offsets == (0..<7).map(fact))
        let nested = try #require(library.types.layouts["nested"])
        #expect([nested.size, nested.alignment] + nested.offsets == (7..<12).map(fact))
    }

    /// tag 1, weight 0.5, count -2, scale 0.25, last 255.
    private func fill(_ memory: UnsafeMutableRawPointer) throws {
        let offsets = try #require(library.types.layouts["mixed"]).offsets
        memory.storeBytes(of: 1, toByteOffset: offsets[0], as: CChar.self)
        memory.storeBytes(of: 0.5, toByteOffset: offsets[1], as: Double.self)
        memory.storeBytes(of: -2, toByteOffset: offsets[2], as: Int16.self)
        memory.storeBytes(of: 0.25, toByteOffset: offsets[3], as: Float.self)
        memory.storeBytes(of: 255, toByteOffset: offsets[4], as: UInt8.self)
    }

    @Test func structsByPointerAndByValue() throws {
        let mixed = try #require(library.types.layouts["mixed"])
        let memory = UnsafeMutableRawPointer.allocate(byteCount: mixed.size, alignment: mixed.alignment)
        defer { memory.deallocate() }
        try fill(memory)
        let byPointer = try library.call("double by_pointer(const mixed *m)")
        byPointer.set(0, memory)
        byPointer.invoke()
        #expect(byPointer.result() == 254.75)

        let byValue = try library.call("double by_value(mixed m, int factor)")
        try fill(byValue.slot(0))
        byValue.set(1, Int32(2))
        byValue.invoke()
        #expect(byValue.result() == 509.5)

        let nest = try library.call("nested nest(int first, struct mixed inner)")
        nest.set(0, Int32(77))
        try fill(nest.slot(1))
        nest.invoke()
        let nested = try #require(library.types.layouts["nested"])
        #expect(nest.resultPointer.load(as: Int32.self) == 77)
        byPointer.set(0, nest.resultPointer + nested.offsets[1])
        byPointer.invoke()
        #expect(byPointer.result() == 254.75)
    }

    @Test func structsMustBeDeclaredBeforeTheyAreUsed() throws {
        let undeclared = #expect(throws: EosError.self) {
            try CallInterface(try SignatureParser.function("double f(struct other o)"), TypeTable())
        }
        #expect(
            undeclared?.message
                == "f: argument o is a struct other by value; declare its layout in a table [struct.NAME]")
        // By pointer it may stay opaque.
        _ = try CallInterface(try SignatureParser.function("double f(struct other *o)"), TypeTable())
        let outer = try SignatureParser.structure("outer", fields: "struct inner i;")
        let order = #expect(throws: EosError.self) { try TypeTable([outer]) }
        #expect(order?.message.contains("which is not declared before it") == true)
        let twice = #expect(throws: EosError.self) {
            try TypeTable([StructLayout(name: "a", fields: []), StructLayout(name: "a", fields: [])])
        }
        #expect(twice != nil)
    }

    @Test func callsOfTheirOwnOnSeveralThreads() throws {
        let interface = try library.call("double same_double(double value)").interface
        nonisolated(unsafe) let function = try library.symbol("same_double")
        let wrong = Counter()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let call = ForeignCall(function, interface)
            for step in 0..<10_000 {
                call.set(0, Double(thread * 10_000 + step))
                call.invoke()
                if call.result(as: Double.self) != Double(thread * 10_000 + step) { wrong.add() }
            }
        }
        #expect(wrong.value == 0)
    }
}
