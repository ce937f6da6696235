import Foundation
import Synchronization
import TestSupport

/// A command that a page mentions without a test running it: in a block fenced as `text`, or within a sentence.
struct MentionedCommand {
    let words: [String]

    static func all(of page: Document) -> [MentionedCommand] {
        let lines = page.blocks("text").flatMap { $0.split(separator: "\n").map(String.init) }
        let spans = page.prose.replacing("\n", with: " ").matches(of: /`([^`]+)`/).map { String($0.1) }
        return (lines + spans).flatMap(commands)
    }

    /// The commands of a line that are ours.
    private static func commands(_ line: String) -> [MentionedCommand] {
        let code = line.replacing(/\s+# .*/, with: "")
        return code.split(separator: /[;|&]+|<\(/).compactMap { part in
            let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
                .drop { $0 == "sudo" || $0.wholeMatch(of: /[A-Z_]+=.*/) != nil }
            guard let program = words.first, words.count > 1 else { return nil }
            let isScript = program.hasPrefix("scripts/")
            let name = isScript ? program : (program as NSString).lastPathComponent
            guard isScript || ["eos", "eosd", "make"].contains(name) else { return nil }
            return MentionedCommand(words: [name] + words.dropFirst())
        }
    }

    /// What of the command does not exist; nil: all of it does.
    func fault(where place: Installation) throws -> String? {
        switch words[0] {
        case "make": return try faultOfMake()
        case "eos", "eosd": return try faultOfProgram(place)
        default:
            let exists = FileManager.default.isExecutableFile(atPath: "\(Tree.root)/\(words[0])")
            return exists ? nil : "there is no \(words[0])"
        }
    }

    private func faultOfMake() throws -> String? {
        var targets = words.dropFirst().filter { !$0.contains("=") }
        var directory = Tree.root
        if targets.first == "-C" {
            directory += "/" + targets[1]
            targets.removeFirst(2)
        }
        let makefile = try String(contentsOfFile: "\(directory)/Makefile", encoding: .utf8)
        let known = Set(
            makefile.split(separator: "\n").compactMap { $0.wholeMatch(of: /([a-z][a-z -]*):[^=]*/)?.1 }
                .flatMap { $0.split(separator: " ") }.map(String.init))
        return targets.first { !known.contains($0) }.map { "make has no target \($0)" }
    }

    private func faultOfProgram(_ place: Installation) throws -> String? {
        let names = words.dropFirst().filter { $0.wholeMatch(of: /[a-z][a-z-]+/) != nil }
        var command = words[0]
        var help = try Self.help(command, place)
        var rest = names[...]
        // A run may stand before the name of an analysis.
        while !rest.isEmpty, help.contains("SUBCOMMANDS:") {
            guard let next = rest.firstIndex(where: { help.contains("\n  \($0) ") }) else {
                return "\(command) has no subcommand \(rest[rest.startIndex])"
            }
            command += command == "eos analyze" ? " RUN \(rest[next])" : " \(rest[next])"
            help = try Self.help(command, place)
            rest = rest[(next + 1)...]
        }
        let options = words.compactMap { $0.firstMatch(of: /^(--[a-z-]+|-[a-z]$)/).map { String($0.1) } }
        return options.first { !help.contains("\($0) ") && !help.contains("\($0),") && !help.contains("\($0)]") }
            .map { "\(command) has no option \($0)" }
    }

    private static let helps = Mutex<[String: String]>([:])

    private static func help(_ command: String, _ place: Installation) throws -> String {
        if let known = helps.withLock({ $0[command] }) { return known }
        let text = try place.run("\(place.prefix)/bin/\(command) --help").output
        helps.withLock { $0[command] = text }
        return text
    }
}
