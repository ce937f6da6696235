import CEos
import EosCore

/// What a text in TOML must fulfil before it is given to the parser, which ends the process on a table's header without
/// a name (`[=]`, `[ü]`) and on some numbers and dates that are none, and whose use of the stack grows with the depth of
/// a text. All else that is wrong with a text the parser says itself.
public struct TOMLText {
    /// Parts of a dotted key, and brackets within brackets.
    private static let mostParts = 32
    private static let deepest = 64

    private let bytes: [UInt8]
    private let file: String
    private var next = 0
    private var line = 1
    private var dots = 0
    /// The brackets that are open.
    private var open: [UInt8] = []
    /// Whether what comes next is a value and no key.
    private var isValue = false
    /// Whether a value has ended that nothing has followed.
    private var isDone = false
    /// The mark before what comes next; 0 after a value or a key.
    private var mark: UInt8 = 0

    /// - Parameter file: as errors name it.
    /// - Throws: `EOS_E_CONFIG` with file and line.
    public static func check(_ text: String, file: String) throws(EosError) {
        var scanner = TOMLText(text, file)
        try scanner.scan()
    }

    private init(_ text: String, _ file: String) {
        bytes = Array(text.utf8)
        self.file = file
    }

    /// The byte `distance` on; 0 past the end.
    private func byte(_ distance: Int = 0) -> UInt8 { next + distance < bytes.count ? bytes[next + distance] : 0 }

    private func fault(_ what: String) -> EosError { EosError(EOS_E_CONFIG, "\(file):\(line): \(what)") }

    private mutating func scan() throws(EosError) {
        // A byte order mark may come first.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { next = 3 }
        try skipHeader()
        while next < bytes.count {
            switch byte() {
            case UInt8(ascii: "\n"):
                try requireValue()
                next += 1
                line += 1
                dots = 0
                if open.isEmpty {
                    (isValue, isDone) = (false, false)
                    try skipHeader()
                }
            case UInt8(ascii: "#"):
                try requireValue()
                while next < bytes.count, byte() != UInt8(ascii: "\n") { next += 1 }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): next += 1
            case UInt8(ascii: "="), UInt8(ascii: ","): try separate()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                guard open.count < Self.deepest else { throw fault("brackets nest too deep: at most \(Self.deepest)") }
                try requireSeparation()
                open.append(byte())
                try separate()
            case UInt8(ascii: "]"), UInt8(ascii: "}"): try close()
            default:
                try requireSeparation()
                mark = 0
                if byte() == UInt8(ascii: "\"") || byte() == UInt8(ascii: "'") {
                    skipString()
                    isDone = isValue
                } else if isValue {
                    try skipValue()
                    isDone = true
                } else {
                    try skipKeyByte()
                }
            }
        }
        try requireValue()
    }

    private func requireValue() throws(EosError) {
        if mark == UInt8(ascii: "=") { throw fault("this is not TOML: a value is expected after '='") }
    }

    private func requireSeparation() throws(EosError) {
        if isDone { throw fault("this is not TOML: a new line, a comma or a bracket is expected after a value") }
    }

    /// What follows `=` or, in an array, `[` and `,` is a value.
    private mutating func separate() throws(EosError) {
        if byte() == UInt8(ascii: ","), mark != 0 { throw fault("this is not TOML: a value is expected before ','") }
        if byte() == UInt8(ascii: "=") { try requireSeparation() }
        isDone = false
        isValue = byte() == UInt8(ascii: "=") || open.last == UInt8(ascii: "[")
        mark = byte()
        dots = 0
        next += 1
    }

    private mutating func close() throws(EosError) {
        try requireValue()
        let wanted = UInt8(ascii: byte() == UInt8(ascii: "]") ? "[" : "{")
        guard open.popLast() == wanted else {
            throw fault("'\(Character(UnicodeScalar(byte())))' closes nothing that is open")
        }
        (isValue, isDone) = (true, true)
        mark = 0
        next += 1
    }

    private mutating func skipKeyByte() throws(EosError) {
        if byte() == UInt8(ascii: ".") { dots += 1 }
        guard dots < Self.mostParts else { throw fault("keys nest too deep: at most \(Self.mostParts) parts") }
        next += 1
    }

    /// At the start of a line: `[` or `[[` and a name, up to where that begins.
    private mutating func skipHeader() throws(EosError) {
        skipSpace()
        guard byte() == UInt8(ascii: "[") else { return }
        next += byte(1) == UInt8(ascii: "[") ? 2 : 1
        skipSpace()
        // The parser says itself what is wrong with `[]`.
        guard Self.isName(byte()) || "\"']".utf8.contains(byte()) else {
            throw fault("a table's name is expected after '[': letters, digits, '_' and '-', or in quotes")
        }
        while next < bytes.count, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "#") {
            if byte() == UInt8(ascii: "\"") || byte() == UInt8(ascii: "'") { skipString() } else { try skipKeyByte() }
        }
    }

    private mutating func skipSpace() {
        while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { next += 1 }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Number, boolean or date.
    private mutating func skipValue() throws(EosError) {
        let start = next
        while next < bytes.count, !" \t\r\n\"'#=,[]{}".utf8.contains(byte()) { next += 1 }
        let value = bytes[start..<next]
        let text = oneLine(String(decoding: value.prefix(40), as: UTF8.self))
        if BareValue.isDate(value) {
            // The parser takes what follows on the line for a time.
            if next == bytes.count || byte() == UInt8(ascii: "\n") { return }
        } else if !value.contains(UInt8(ascii: ":")) {
            if BareValue.isWord(value) { return }
            if BareValue.isNumber(value) {
                if let range = BareValue.rangeFault(value) { throw fault("\(text): \(range)") }
                return
            }
            throw fault("\(text) is no value: a text stands in quotes, and numbers are written as 1, -2.5 or 1e-3")
        }
        throw fault("\(text): dates and times have no use here; write a number, a string or a boolean")
    }

    /// From the first quote past the last.
    private mutating func skipString() {
        let quote = byte()
        let isLong = byte(1) == quote && byte(2) == quote
        next += isLong ? 3 : 1
        while next < bytes.count {
            if byte() == UInt8(ascii: "\n") {
                // A string of one line ends with it, in error.
                if !isLong { return }
                line += 1
            }
            if byte() == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                // What is escaped may be the end of the line.
                next += byte(1) == UInt8(ascii: "\n") ? 1 : 2
            } else if byte() != quote {
                next += 1
            } else if !isLong {
                next += 1
                return
            } else if byte(1) == quote && byte(2) == quote {
                next += 3
                // Two more quotes may belong to the text.
                if byte() == quote { next += 1 }
                if byte() == quote { next += 1 }
                return
            } else {
                next += 1
            }
        }
    }
}
