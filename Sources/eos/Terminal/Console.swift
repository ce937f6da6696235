import CEosGuard
import Foundation

/// The two streams. Results go to standard output, everything for people to standard error.
enum Console {
    static let standardErrorIsTerminal = isatty(STDERR_FILENO) == 1
    static let outputIsTerminal = isatty(output) == 1

    /// Columns of the terminal behind standard error.
    static var columns: Int { size(of: STDERR_FILENO).columns }

    /// Of the terminal behind a stream, as it is just now.
    static func size(of file: Int32) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// Standard output, which is ours alone from the first use on: what plugins print goes to standard error.
    static let output = streams_claim_output()

    static func print(_ text: String) { write(output, text + "\n") }

    static func note(_ text: String) { write(STDERR_FILENO, text + "\n") }

    /// "eos: ...", on one line.
    static func error(_ message: String) {
        note("eos: " + message.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// Of something that was dealt with.
    static func warning(_ message: String) { error("warning: " + message) }

    static func write(_ file: Int32, _ text: String) { _ = write(file, Array(text.utf8)) }

    /// - Returns: false where nobody reads any more or there is no space.
    static func write(_ file: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more, or there is no space: a stream for people is not worth a failure.
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
