import CEos
import EosCore
import EosFFI

/// Values that stay the same from call to call, as C takes them.
enum Passing {
    /// Throws where a value of `type` can't hold `value` exactly; a float takes the nearest number.
    static func check(_ value: Value, _ type: CType) throws(EosError) {
        switch value {
        case .bool, .integer, .number:
            guard let carrier = Carrier(type) else { throw RoleFault.number("\(value)", type) }
            try withUnsafeTemporaryCell { cell throws(EosError) in try store(value, carrier.scalar, cell) }
        case .string:
            guard isText(type) else {
                throw EosError(EOS_E_CONFIG, "a string can't be passed as \(type); it needs const char *")
            }
        case .numbers(let numbers):
            guard let scalar = type.pointee?.scalar else {
                throw EosError(
                    EOS_E_CONFIG, "an array can't be passed as \(type); it needs a pointer to numbers, const double *")
            }
            for number in numbers {
                try withUnsafeTemporaryCell { cell throws(EosError) in try store(.number(number), scalar, cell) }
            }
        case .strings: throw EosError(EOS_E_CONFIG, "an array of strings can't be passed")
        }
    }

    /// Writes `value` at `address`, a place of `type`, or a pointer to memory that holds it.
    static func bind(
        _ value: Value, _ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder
    ) throws(EosError) {
        switch value {
        case .bool, .integer, .number:
            let (cell, scalar) = try builder.number(type, at: address)
            try store(value, scalar, cell)
        case .string(let text):
            guard isText(type) else { throw EosError(EOS_E_CONFIG, "a string can't be passed as \(type)") }
            let bytes = Array(text.utf8)
            // The zero at its end is there already.
            let memory = try builder.memory(bytes: bytes.count + 1, restored: !type.pointsToConstant)
            memory.copyMemory(from: bytes, byteCount: bytes.count)
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        case .numbers(let numbers):
            guard let scalar = type.pointee?.scalar else { throw RoleFault.vector("an array", type) }
            let memory = try builder.memory(
                bytes: max(1, numbers.count) * scalar.size, restored: !type.pointsToConstant)
            for (index, number) in numbers.enumerated() {
                try store(.number(number), scalar, memory + index * scalar.size)
            }
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        case .strings: throw EosError(EOS_E_CONFIG, "an array of strings can't be passed")
        }
    }

    private static func isText(_ type: CType) -> Bool {
        switch type.pointee {
        case .character, .void, .integer(1, _): true
        default: false
        }
    }

    private static func store(
        _ value: Value, _ scalar: ScalarType, _ cell: UnsafeMutableRawPointer
    ) throws(EosError) {
        let fits: Bool
        switch value {
        case .bool(let value): fits = scalar.store(value ? 1 : 0 as Int64, at: cell)
        case .integer(let value): fits = (scalar != .bool || value == 0 || value == 1) && scalar.store(value, at: cell)
        case .number(let value): fits = (scalar != .bool || value == 0 || value == 1) && scalar.store(value, at: cell)
        default: fits = false
        }
        if !fits { throw RoleFault.range("\(value)", scalar) }
    }

    private static func withUnsafeTemporaryCell(
        _ body: (UnsafeMutableRawPointer) throws(EosError) -> Void
    ) throws(EosError) {
        let cell = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
        defer { cell.deallocate() }
        try body(cell)
    }
}
