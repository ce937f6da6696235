import CEos

/// Reads the JSON of a header, strictly: objects, strings and arrays of integers that are not negative.
struct JSONScanner {
    private let bytes: ArraySlice<UInt8>
    private var next: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    /// Calls `member` with every name of an object; it must read the value.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(EosError) -> Void
    ) throws(EosError) {
        try expect("{")
        if take("}") { return }
        repeat {
            let name = try string()
            try expect(":")
            try member(&self, name)
        } while take(",")
        try expect("}")
    }

    mutating func integers() throws(EosError) -> [Int] {
        try expect("[")
        if take("]") { return [] }
        var result: [Int] = []
        repeat { result.append(try integer()) } while take(",")
        try expect("]")
        return result
    }

    mutating func string() throws(EosError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while next < bytes.endIndex, bytes[next] != UInt8(ascii: "\"") {
            let byte = bytes[next]
            guard byte >= 0x20 else { throw fault("a control character in a string") }
            next += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(Character(try escape())).utf8)
            } else {
                text.append(byte)
            }
        }
        guard next < bytes.endIndex else { throw fault("a string without an end") }
        next += 1
        guard let result = String(validating: text, as: UTF8.self) else { throw fault("a string that is not UTF-8") }
        return result
    }

    /// Only white space is left.
    mutating func end() throws(EosError) {
        skipSpace()
        guard next == bytes.endIndex else { throw fault("text behind its end") }
    }

    private mutating func integer() throws(EosError) -> Int {
        skipSpace()
        let start = next
        var value = 0
        while next < bytes.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[next]) {
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = tenfold.addingReportingOverflow(Int(bytes[next] - UInt8(ascii: "0")))
            guard !overflow, !more else { throw fault("a number beyond 64 bits") }
            value = sum
            next += 1
        }
        guard next > start, next == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw fault("something else where a number is due")
        }
        return value
    }

    private mutating func escape() throws(EosError) -> Unicode.Scalar {
        guard next < bytes.endIndex else { throw fault("a string without an end") }
        let byte = bytes[next]
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var code = UInt32(try codeUnit())
            if code & 0xfc00 == 0xd800, next + 1 < bytes.endIndex, bytes[next] == UInt8(ascii: "\\"),
                bytes[next + 1] == UInt8(ascii: "u")
            {
                next += 2
                let low = UInt32(try codeUnit())
                guard low & 0xfc00 == 0xdc00 else { throw fault("half a character") }
                code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a character") }
            return scalar
        default: throw fault("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(EosError) -> UInt16 {
        guard next + 4 <= bytes.endIndex, bytes[next..<next + 4].allSatisfy({ Character(.init($0)).isHexDigit }),
            let unit = UInt16(String(decoding: bytes[next..<next + 4], as: UTF8.self), radix: 16)
        else { throw fault("an unknown escape") }
        next += 4
        return unit
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(EosError) {
        guard take(character) else { throw fault("something else where '\(character)' is due") }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next < bytes.endIndex, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func skipSpace() {
        while next < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[next]) { next += 1 }
    }

    private func fault(_ what: String) -> EosError {
        EosError(EOS_E_FORMAT, "the header of the saved state is damaged: \(what) at byte \(next)")
    }
}
