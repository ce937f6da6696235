import Foundation

/// The processes that work on runs below a home, and what their plugins started, by the run.
public func workers(below home: String) -> [String: [Int]] {
    var found: [String: [Int]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
        guard let pid = Int(name), let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
            continue
        }
        let words = String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init)
        guard words.count > 2, words[1] == "--run", words[2].hasPrefix("\(home)/runs/") else { continue }
        found[URL(filePath: words[2]).lastPathComponent, default: []].append(pid)
    }
    return found
}
