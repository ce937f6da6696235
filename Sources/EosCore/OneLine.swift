import EosJSON

/// `text` with a blank for every control character, so that a message is one line and leaves a terminal as it was; bytes
/// that are no text are shown as \xNN.
public func oneLine(_ text: String) -> String {
    let text = ByteText.readable(text)
    guard text.utf8.contains(where: isControl) else { return text }
    return String(decoding: text.utf8.map { isControl($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
}

private func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

/// `text` between double quotes, escaped as JSON and TOML both read it.
public func quoted(_ text: String) -> String { JSONText.quoted(text) }
