import CEos
import EosCore
import EosProcesses
import Foundation

/// The program that draws figures.
package struct Gnuplot: Sendable {
    let path: String

    /// Finds it on the PATH.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` where it is not there or can't draw SVG and PNG.
    init() throws(EosError) { try self.init(search: ProcessInfo.processInfo.environment["PATH"] ?? "") }

    /// - Parameter search: directories, separated by colons.
    package init(search: String) throws(EosError) {
        let places = search.split(separator: ":").map { "\($0)/gnuplot" }
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else {
            throw EosError(
                EOS_E_NOT_FOUND,
                "gnuplot, which draws the figures, is not on the PATH; install it (apt-get install gnuplot-nox)")
        }
        path = found
        // Both terminals are options of its build.
        let trial = try ChildCommand(
            found, ["-e", "set terminal svg; set terminal pngcairo"], limits: .init(seconds: 30)
        ).run()
        guard trial.ending == .exited(0) else {
            throw EosError(
                EOS_E_NOT_FOUND,
                "\(found) can't draw SVG and PNG (pngcairo): \(Self.lastLine(trial.error.text)); install one that can "
                    + "(apt-get install gnuplot-nox)")
        }
    }

    /// Runs a script in a directory.
    func draw(_ script: String, in directory: String) throws(EosError) {
        let result = try ChildCommand(path, [script], directory: directory, limits: .init(seconds: 120)).run()
        guard result.ending == .exited(0) else {
            throw EosError(
                EOS_E_FAILED, "\(directory)/\(script): gnuplot \(result.ending): \(Self.lastLine(result.error.text))")
        }
    }

    private static func lastLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
            ?? "no reason given"
    }
}
