import Glibc

/// A text of a plugin or a program for people to read: where it is not UTF-8, each byte that does not belong is written
/// as \\xNN, so that no byte is lost or guessed.
public func readableText(_ text: UnsafePointer<CChar>) -> String {
    if let valid = String(validatingCString: text) { return valid }
    let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
    var result = ""
    var source = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var position = 0
    while true {
        switch parser.parseScalar(from: &source) {
        case .emptyInput:
            return result
        case .valid(let scalar):
            result.unicodeScalars.append(Unicode.UTF8.decode(scalar))
            position += scalar.count
        case .error(let length):
            for byte in bytes[position..<position + length] { result += "\\x" + hexadecimal(byte) }
            position += length
        }
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
}
