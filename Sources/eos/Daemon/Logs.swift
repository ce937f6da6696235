import ArgumentParser
import Foundation

struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the log of a run.",
        discussion: """
            With -f, the command prints new lines until the run has ended or Ctrl-C. It waits while eosd restarts.
            """)

    @Flag(name: .shortAndLong, help: "Print new lines until the run ends.")
    var follow = false

    @Option(help: ArgumentHelp("Print only this many of the last lines.", valueName: "lines"))
    var tail: Int?

    @OptionGroup var chosen: RunArgument

    private static let part = 1 << 18
    private static let block = 1 << 14

    mutating func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail is \(tail); give 0 or more") }
    }

    func run() throws {
        Interrupts.endTheProcess()
        let source = try chosen.source()
        var offset = try tail.map { try start(of: $0, source) } ?? 0
        var absence = Absence()
        while true {
            // Asked before the log is read: what is written at the end is there then.
            do throws(Failure) {
                let hasEnded = follow ? try source.report().state.isEnd : true
                offset = try print(source, from: offset)
                absence.end()
                if hasEnded { return }
            } catch {
                guard follow, !error.isOfOutput, error.status == ExitStatus.failure,
                    absence.seconds() < RunFollower.patience
                else { throw error }
            }
            usleep(300_000)
        }
    }

    /// Prints all that there is from `offset` on.
    ///
    /// - Returns: where it ends.
    private func print(_ source: any RunSource, from offset: Int) throws(Failure) -> Int {
        var offset = offset
        while true {
            let (text, size) = try source.log(from: offset, limit: Self.part)
            try Console.put(text)
            offset += text.count
            if text.isEmpty || offset >= size { return offset }
        }
    }

    /// The offset of the last `count` lines: looked for from the end, block by block.
    private func start(of count: Int, _ source: any RunSource) throws(Failure) -> Int {
        let size = try source.log(from: -1, limit: 1).size
        guard count > 0 else { return size }
        var missing = count
        var end = size
        while end > 0 {
            let begin = max(end - Self.block, 0)
            let text = try source.log(from: begin, limit: end - begin).text
            for (index, byte) in text.enumerated().reversed() where byte == UInt8(ascii: "\n") {
                // The end of the last line begins no other one.
                if begin + index == size - 1 { continue }
                missing -= 1
                if missing == 0 { return begin + index + 1 }
            }
            end = begin
        }
        return 0
    }
}
