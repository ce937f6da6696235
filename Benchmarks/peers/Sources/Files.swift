import EosCore
import Foundation

/// What both sides exchange: raw numbers, without a header.
enum Files {
    static func write(_ bytes: UnsafeRawBufferPointer, _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static func write(_ vector: Vector, _ path: String) throws { try write(vector.bytes, path) }

    static func write(_ x: UnsafeRawPointer, _ space: HostSpace, _ path: String) throws {
        try write(UnsafeRawBufferPointer(start: x, count: space.bytes), path)
    }
}
