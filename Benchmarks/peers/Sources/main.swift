import EosCore
import EosPluginHost
import Foundation

// eos's side of the comparison with its peers: takes commands on standard input, one a line, and answers each by a line,
// so that it stays warm while bench.py asks it and a peer in turn.
var catalogue = Catalogue()
try catalogue.add(LoadedPlugin.load(path: CommandLine.arguments[1]))
var problems: [String: Problem] = [:]
var bandwidth: Bandwidth?

/// The largest that the process ever was, in KiB.
func peakMemory() throws -> String {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }!
    return String(line.split(separator: " ").dropLast().last!)
}

struct Misunderstood: Error {}

@MainActor func answer(_ line: String) throws -> String {
    let words = line.split(separator: " ").map(String.init)
    func numbers(_ values: [Double]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    func problem() throws -> Problem {
        guard let problem = problems[words[1]] else { throw Misunderstood() }
        return problem
    }
    switch words[0] {
    case "problem":
        let assignments = words[3...].joined(separator: " ")
        problems[words[1]] = try Problem(assignments, threads: Int(words[2])!, catalogue: catalogue)
        return "done"
    case "forget":
        problems[words[1]] = nil
        return "done"
    case "data": return try problem().exportData(into: words[2]).map(String.init).joined(separator: " ")
    case "start": return numbers([try problem().exportStart(seed: UInt64(words[2])!, into: words[3])])
    case "advance": return numbers([try problem().advance(words[2], iterations: Int(words[3])!)])
    case "progress":
        let progress = try problem().progress(words[2])
        return numbers([Double(progress.iteration), progress.value, Double(progress.value_evaluations)])
    case "call": return numbers([try problem().call(words[2])])
    case "eigenvalue":
        return numbers(
            try problem().eigenvalue(
                at: words[2], warm: words[3] == "warm", seed: UInt64(words[4])!, tolerance: Double(words[5])!,
                file: words[6]))
    case "train":
        return numbers(
            try problem().train(words[2], seed: Int(words[3])!, loss: Double(words[4])!, limit: Double(words[5])!))
    case "bits":
        return try problem().bits(words[2], iterations: Int(words[3])!, resumed: words[4] == "resumed")
    case "vectors":
        bandwidth = try Bandwidth(count: Int(words[1])!)
        return "done"
    case "bandwidth": return numbers([bandwidth!.measure(words[1])])
    case "memory": return try peakMemory()
    default: throw Misunderstood()
    }
}

while let line = readLine() {
    let text: String
    do { text = try answer(line) } catch { text = "error: \(error)" }
    FileHandle.standardOutput.write(Data((text.replacing("\n", with: " ") + "\n").utf8))
}
