import EosCore

/// One array of a .npy file, versions 1 and 2: little-endian f4, f8, u1, i4 or i8, in C order.
struct NPYArray {
    let shape: [Int]
    private let file: DataFile
    private let element: Element
    /// Of the first element in the file.
    private let start: Int

    /// Many times what the type and shape of any array need.
    private static let longestHeader = 1 << 16

    enum Element: String, CaseIterable {
        case f4 = "<f4"
        case f8 = "<f8"
        case u1 = "|u1"
        case i4 = "<i4"
        case i8 = "<i8"

        var size: Int {
            switch self {
            case .u1: 1
            case .f4, .i4: 4
            case .f8, .i8: 8
            }
        }
    }

    /// As Python writes it.
    var shapeText: String {
        "(\(shape.map(String.init).joined(separator: ", "))\(shape.count == 1 ? "," : ""))"
    }

    init(_ file: DataFile) throws(EosError) {
        self.file = file
        let bytes = file.bytes
        guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 12 else {
            throw file.damaged("is not a .npy file; save it with numpy.save")
        }
        guard bytes[6] == 1 || bytes[6] == 2 else {
            throw file.damaged(
                "has version \(bytes[6]) of .npy, but only 1 and 2 are supported; save it with numpy.save")
        }
        let prefix = bytes[6] == 1 ? 10 : 12
        var start = prefix + bytes[8..<prefix].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard start <= bytes.count else {
            throw file.damaged("ends after \(bytes.count) bytes, within its header; save it again")
        }
        guard start - prefix <= Self.longestHeader else {
            throw file.damaged("has an invalid header of \(start - prefix) bytes; save it with numpy.save")
        }
        let header = NPYHeader(String(decoding: bytes[prefix..<start], as: UTF8.self))
        element = try Self.element(header, file)
        try Self.requireOrder(header, file)
        let shape = try Self.shape(header, file)
        self.shape = shape
        let length = shape.reduce(element.size) { length, size in
            let (product, overflow) = length.multipliedReportingOverflow(by: size)
            return overflow ? Int.max : product
        }
        // Some headers are counted without the line feed at their end, which is no part of the data then: these are one
        // byte longer than the shape.
        if bytes.count - start - 1 == length, bytes[start] == 10, bytes[start - 1] != 10 { start += 1 }
        self.start = start
        guard bytes.count - start == length else {
            let wanted = length == .max ? "more than \(Int.max)" : "the \(length)"
            throw file.damaged(
                "has \(bytes.count - start) bytes of data instead of \(wanted) of its shape \(shapeText); "
                    + "save it again")
        }
    }

    /// Element `index`; those of i8 beyond 2^53 are rounded.
    func number(_ index: Int) -> Double {
        let place = file.bytes.baseAddress! + start + index * element.size
        switch element {
        case .f4: return Double(place.loadUnaligned(as: Float.self))
        case .f8: return place.loadUnaligned(as: Double.self)
        case .u1: return Double(place.load(as: UInt8.self))
        case .i4: return Double(place.loadUnaligned(as: Int32.self))
        case .i8: return Double(place.loadUnaligned(as: Int64.self))
        }
    }

    /// Copies elements, all of which must be finite.
    func read<Scalar: DataScalar>(
        from first: Int, count: Int, into target: UnsafeMutablePointer<Scalar>
    ) throws(EosError) {
        for index in 0..<count {
            let value = number(first + index)
            guard value.isFinite else {
                throw file.damaged(
                    "sample \(first / count + 1): number \(index + 1) is \(value); every number must be finite")
            }
            guard let number = Scalar(inRange: value) else {
                throw file.damaged(
                    "sample \(first / count + 1): number \(index + 1) is \(value), \(Scalar.beyondRange)")
            }
            target[index] = number
        }
    }
}
