import EosCore

/// One line of a text in memory, read from left to right without making strings.
struct TextScanner {
    private(set) var next: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    init(_ bytes: UnsafeRawBufferPointer) {
        next = UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: UInt8.self)
        end = next + bytes.count
    }

    var isAtEnd: Bool { next == end }

    /// The next byte, taken.
    mutating func take() -> UInt8? {
        guard next < end else { return nil }
        defer { next += 1 }
        return next.pointee
    }

    /// A decimal number with blanks around it, read exactly; nil, and nothing taken, where there is none.
    mutating func number() -> Double? {
        var place = next
        while place < end, Self.isBlank(place.pointee) { place += 1 }
        let start = place
        var isNegative = false
        if place < end, place.pointee == UInt8(ascii: "-") || place.pointee == UInt8(ascii: "+") {
            isNegative = place.pointee == UInt8(ascii: "-")
            place += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        while place < end, let digit = Self.digit(place.pointee) {
            mantissa = mantissa &* 10 &+ digit
            digits += 1
            place += 1
        }
        if place < end, place.pointee == UInt8(ascii: ".") {
            place += 1
            while place < end, let digit = Self.digit(place.pointee) {
                mantissa = mantissa &* 10 &+ digit
                digits += 1
                exponent -= 1
                place += 1
            }
        }
        guard digits > 0 else { return nil }
        if place < end, place.pointee | 0x20 == UInt8(ascii: "e") {
            guard let written = Self.exponent(&place, end) else { return nil }
            exponent += written
        }
        let stop = place
        while place < end, Self.isBlank(place.pointee) { place += 1 }
        defer { next = place }
        // Both factors are exact in a double, so that their one operation rounds correctly (Clinger 1990).
        if digits <= 15, abs(exponent) < Self.powers.count {
            let whole = Double(mantissa)
            let magnitude = exponent < 0 ? whole / Self.power(-exponent) : whole * Self.power(exponent)
            return isNegative ? -magnitude : magnitude
        }
        return Double(String(decoding: UnsafeBufferPointer(start: start, count: stop - start), as: UTF8.self))
    }

    private static let powers: [Double] = (0...22).map { Double("1e\($0)")! }

    @inline(__always) private static func power(_ exponent: Int) -> Double {
        powers.withUnsafeBufferPointer { $0[exponent] }
    }

    private static func exponent(_ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        place += 1
        var isNegative = false
        if place < end, place.pointee == UInt8(ascii: "-") || place.pointee == UInt8(ascii: "+") {
            isNegative = place.pointee == UInt8(ascii: "-")
            place += 1
        }
        guard place < end, digit(place.pointee) != nil else { return nil }
        var value = 0
        while place < end, let digit = digit(place.pointee) {
            value = min(value * 10 + Int(digit), 100_000)
            place += 1
        }
        return isNegative ? -value : value
    }

    @inline(__always) private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == 9 }
}

/// The lines of a text, as ranges of bytes without their ends: LF, CRLF or CR. A byte order mark is passed over.
struct TextLines: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer
    /// Of the line given last, from 1.
    private(set) var number = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        rest = bytes.starts(with: mark) ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst(3)) : bytes
    }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard rest.count > 0 else { return nil }
        number += 1
        let (feed, carriageReturn): (UInt8, UInt8) = (10, 13)
        var end = 0
        while end < rest.count, rest[end] != feed, rest[end] != carriageReturn { end += 1 }
        let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
        let isPair = end + 1 < rest.count && rest[end] == carriageReturn && rest[end + 1] == feed
        rest = UnsafeRawBufferPointer(rebasing: rest[Swift.min(end + (isPair ? 2 : 1), rest.count)...])
        return line
    }
}

extension UnsafeRawBufferPointer {
    /// Nothing but blanks.
    var isBlank: Bool { allSatisfy(TextScanner.isBlank) }

    /// As text for a message, shortened.
    var excerpt: String {
        let text = oneLine(String(decoding: prefix(40), as: UTF8.self))
        return count > 40 ? "\(text)..." : text
    }

    /// Without blanks at both ends.
    var trimmed: UnsafeRawBufferPointer {
        guard let first = firstIndex(where: { !TextScanner.isBlank($0) }),
            let last = lastIndex(where: { !TextScanner.isBlank($0) })
        else { return UnsafeRawBufferPointer(rebasing: prefix(0)) }
        return UnsafeRawBufferPointer(rebasing: self[first...last])
    }
}
