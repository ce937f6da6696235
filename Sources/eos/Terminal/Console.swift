import CEosGuard
import Foundation

/// The two streams. Results go to standard output, everything for people to standard error.
enum Console {
    static let standardErrorIsTerminal = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal behind standard error.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
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

    static func write(_ file: Int32, _ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more, or there is no space: a stream for people is not worth a failure.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
