import CEosGuard
import EosProcesses
import Foundation

/// The two streams. Results go to standard output, everything for people to standard error.
enum Console {
    static let standardErrorIsTerminal = isatty(STDERR_FILENO) == 1
    static let outputIsTerminal = isatty(output.descriptor) == 1

    /// Columns of the terminal behind standard error.
    static var columns: Int { size(of: STDERR_FILENO).columns }

    /// Of the terminal behind standard output.
    static var outputSize: (columns: Int, rows: Int) { size(of: output.descriptor) }

    /// Of the terminal behind a stream, as it is just now.
    private static func size(of file: Int32) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// Standard output, which is ours alone from the first use on: what plugins print goes to standard error.
    private static let output = StandardOutput(streams_claim_output())

    /// Before anything else runs.
    static func open() { _ = output }

    /// A line, or some.
    static func print(_ text: String) throws(Failure) { try put(text + "\n") }

    static func put(_ text: String) throws(Failure) { try put(Array(text.utf8)) }

    static func put(_ bytes: [UInt8]) throws(Failure) {
        do throws(StandardOutput.Failure) { try output.write(bytes) } catch { throw Failure(error) }
    }

    /// When all is printed.
    static func close() throws(Failure) {
        do throws(StandardOutput.Failure) { try output.close() } catch { throw Failure(error) }
    }

    static func note(_ text: String) { draw(text + "\n") }

    /// "eos: ...", on one line.
    static func error(_ message: String) {
        note("eos: " + message.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// Of something that was dealt with.
    static func warning(_ message: String) { error("warning: " + message) }

    /// To standard error. Where nobody reads that, or there is no space, there is nobody to tell.
    static func draw(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension Failure {
    init(_ failure: StandardOutput.Failure) {
        self.init(failure.isQuiet ? "" : failure.message, failure.status)
        isOfOutput = true
    }
}
