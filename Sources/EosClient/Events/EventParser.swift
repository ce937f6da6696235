/// Reads server-sent events (WHATWG HTML, section 9.2.6) from bytes that come in parts of any length.
public struct EventParser: Sendable {
    private var line: [UInt8] = []
    private var skipsLineFeed = false
    private var isFirstLine = true
    /// Of the last event that was complete, with data or without: what is cut off must come again.
    public private(set) var id = ""
    private var nextID = ""
    private var kind = ""
    private var data: String?

    public init() {}

    /// Takes the next bytes and gives the events that they complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            // A line ends by CR LF, LF or CR.
            if skipsLineFeed {
                skipsLineFeed = false
                if byte == UInt8(ascii: "\n") { continue }
            }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                continue
            }
            skipsLineFeed = byte == UInt8(ascii: "\r")
            if let event = endOfLine() { events.append(event) }
        }
        return events
    }

    private mutating func endOfLine() -> ServerEvent? {
        var text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if isFirstLine, text.hasPrefix("\u{feff}") { text.removeFirst() }
        isFirstLine = false
        guard !text.isEmpty else { return dispatch() }
        // Without a name before the colon it is a comment, which keeps the connection alive.
        guard text.first != ":" else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count == 2 ? parts[1] : ""
        if value.first == " " { value.removeFirst() }
        switch parts[0] {
        case "id" where !value.unicodeScalars.contains("\0"): nextID = String(value)
        case "event": kind = String(value)
        case "data": data = data.map { $0 + "\n" + value } ?? String(value)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerEvent? {
        defer { (kind, data) = ("", nil) }
        id = nextID
        return data.map { ServerEvent(id: id, kind: kind.isEmpty ? "message" : kind, data: $0) }
    }
}

/// One event of a stream of server-sent events.
public struct ServerEvent: Sendable, Equatable {
    /// What the stream goes on after, by `Last-Event-ID`; empty: none was given yet.
    public var id: String
    /// "message" where the stream does not say.
    public var kind: String
    public var data: String

    public init(id: String, kind: String, data: String) {
        self.id = id
        self.kind = kind
        self.data = data
    }
}
