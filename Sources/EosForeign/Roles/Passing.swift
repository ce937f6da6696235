import EosCore
import EosFFI

/// Values that stay the same from call to call, as C takes them.
enum Passing {
    /// Throws where a value of `type` can't hold `value` exactly; a float takes the nearest number.
    static func check(_ value: Value, _ type: CType) throws(EosError) {
        switch value {
        case .bool, .integer, .number:
            guard let scalar = Carrier(type)?.scalar ?? type.elements?.scalar else {
                throw RoleFault.number("\(value)", type)
            }
            try withUnsafeTemporaryCell { cell throws(EosError) in try store(value, scalar, cell) }
        case .string(let text):
            if let count = characters(type) { return try checkRoom(text, count, type) }
            guard isText(type) else {
                throw RoleFault.unfit("a string can't be passed as \(type); it needs const char *")
            }
        case .numbers(let numbers):
            if let count = type.elements?.count { try checkRoom(numbers, count, type) }
            guard let scalar = type.pointee?.scalar ?? type.elements?.scalar else {
                throw RoleFault.unfit(
                    "an array can't be passed as \(type); it needs a pointer to numbers, const double *")
            }
            for number in numbers {
                try withUnsafeTemporaryCell { cell throws(EosError) in try store(.number(number), scalar, cell) }
            }
        case .strings: throw RoleFault.unfit("an array of strings can't be passed")
        }
    }

    /// Writes `value` at `address`, a place of `type`, or a pointer to memory that holds it.
    static func bind(
        _ value: Value, _ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder
    ) throws(EosError) {
        switch value {
        case .bool, .integer, .number:
            // An array in a struct holds the number in every element.
            if let (scalar, count) = type.elements {
                for index in 0..<count { try store(value, scalar, address + index * scalar.size) }
                return
            }
            guard let carrier = Carrier(type) else { throw RoleFault.number("\(value)", type) }
            let cell = try builder.cell(carrier, at: address)
            try store(value, cell.scalar, cell.address)
        case .string(let text):
            if let count = characters(type) {
                try checkRoom(text, count, type)
                return address.copyMemory(from: Array(text.utf8), byteCount: text.utf8.count)
            }
            guard isText(type) else { throw RoleFault.unfit("a string can't be passed as \(type)") }
            let bytes = Array(text.utf8)
            // The zero at its end is there already.
            let memory = try builder.memory(bytes: bytes.count + 1, restored: !type.pointsToConstant)
            memory.copyMemory(from: bytes, byteCount: bytes.count)
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        case .numbers(let numbers):
            if let (scalar, count) = type.elements {
                try checkRoom(numbers, count, type)
                for (index, number) in numbers.enumerated() {
                    try store(.number(number), scalar, address + index * scalar.size)
                }
                return
            }
            guard let scalar = type.pointee?.scalar else { throw RoleFault.vector("an array", type) }
            let memory = try builder.memory(
                bytes: max(1, numbers.count) * scalar.size, restored: !type.pointsToConstant)
            for (index, number) in numbers.enumerated() {
                try store(.number(number), scalar, memory + index * scalar.size)
            }
            address.storeBytes(of: memory, as: UnsafeMutableRawPointer.self)
        case .strings: throw RoleFault.unfit("an array of strings can't be passed")
        }
    }

    private static func isText(_ type: CType) -> Bool {
        switch type.pointee {
        case .character, .void, .integer(1, _): true
        default: false
        }
    }

    /// How many characters an array of them holds; nil for other types.
    private static func characters(_ type: CType) -> Int? {
        guard case .array(let element, let count) = type, element.isInteger, element.size == 1, element != .bool else {
            return nil
        }
        return count
    }

    private static func checkRoom(_ text: String, _ count: Int, _ type: CType) throws(EosError) {
        guard text.utf8.count < count else {
            throw RoleFault.unfit("the text \"\(text)\" and its final zero do not fit into \(type)")
        }
    }

    private static func checkRoom(_ numbers: [Double], _ count: Int, _ type: CType) throws(EosError) {
        guard numbers.count <= count else {
            throw RoleFault.unfit("\(numbers.count) numbers do not fit into \(type)")
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
