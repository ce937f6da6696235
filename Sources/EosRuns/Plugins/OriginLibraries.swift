import Foundation
import Glibc

/// Shared libraries that the dynamic loader finds by where a shared object lies: those that it needs and that are in a
/// directory of its DT_RUNPATH or DT_RPATH which begins with $ORIGIN (System V ABI, chapter 5; ld.so(8)).
enum OriginLibraries {
    /// With what these need in turn, each once, without links being followed; none where the file is no shared object.
    ///
    /// - Parameter copy: of `file`; nobody writes to it, so that it is mapped, not read: plugins in Swift have megabytes.
    ///   nil: there is none.
    static func all(of file: String, readFrom copy: String? = nil) -> [String] {
        var found: [String] = []
        var waiting = [(file, [String]())]
        while let (next, inherited) = waiting.popLast() {
            guard let content = next == file ? content(of: file, copy) : try? WholeFile.read(next),
                let needs = Needs(content)
            else { continue }
            // A DT_RPATH goes for what the needed ones need, too, unless there is a DT_RUNPATH.
            let places = needs.runPaths.map { expanded($0, next) } ?? (expanded(needs.paths, next) + inherited)
            for name in needs.names where !name.contains("/") {
                guard let place = places.first(where: { access($0 + "/" + name, R_OK) == 0 }) else { continue }
                let library = "\(place)/\(name)"
                if library == file || found.contains(library) { continue }
                found.append(library)
                waiting.append((library, needs.runPaths == nil ? places : []))
            }
        }
        return found
    }

    private static func content(of file: String, _ copy: String?) -> Data? {
        guard let copy else { return try? WholeFile.read(file) }
        return try? Data(contentsOf: URL(filePath: copy), options: .alwaysMapped)
    }

    /// The entries that begin with $ORIGIN, as directories.
    private static func expanded(_ paths: [String], _ file: String) -> [String] {
        let origin = directoryName(file)
        return paths.compactMap { path in
            for token in ["$ORIGIN", "${ORIGIN}"] where path.hasPrefix(token) {
                let rest = path.dropFirst(token.count)
                guard rest.isEmpty || rest.hasPrefix("/") else { continue }
                return URL(filePath: origin + rest).standardizedFileURL.path(percentEncoded: false).trimmed
            }
            return nil
        }
    }
}

extension String {
    /// Without slashes behind.
    fileprivate var trimmed: String {
        var text = self
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}

/// What the dynamic section of a shared object asks for: ELF of 64 bits, little-endian.
private struct Needs {
    private(set) var names: [String] = []
    /// DT_RPATH.
    private(set) var paths: [String] = []
    /// DT_RUNPATH, before which DT_RPATH does not count.
    private(set) var runPaths: [String]?

    private enum Segment { static let (load, dynamic) = (UInt64(1), UInt64(2)) }
    private enum Tag { static let (needed, strings, rpath, runpath) = (UInt64(1), UInt64(5), UInt64(15), UInt64(29)) }

    /// nil: it is none, or damaged.
    init?(_ content: Data) {
        guard content.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let table = number(content, 32, 8),
            let size = number(content, 54, 2), let count = number(content, 56, 2), size >= 56
        else { return nil }
        var loaded: [(address: UInt64, offset: UInt64, size: UInt64)] = []
        var dynamic: (offset: UInt64, size: UInt64)?
        for row in 0..<count {
            let (start, overflow) = table.addingReportingOverflow(row * size)
            guard !overflow, let kind = number(content, start, 4), let offset = number(content, start + 8, 8),
                let address = number(content, start + 16, 8), let length = number(content, start + 32, 8)
            else { return nil }
            if kind == Segment.load { loaded.append((address, offset, length)) }
            if kind == Segment.dynamic { dynamic = (offset, length) }
        }
        guard let dynamic else { return nil }
        var entries: [(tag: UInt64, value: UInt64)] = []
        for entry in 0..<dynamic.size / 16 {
            guard let tag = number(content, dynamic.offset &+ entry * 16, 8), tag != 0,
                let value = number(content, dynamic.offset &+ entry * 16 &+ 8, 8)
            else { break }
            entries.append((tag, value))
        }
        guard let strings = entries.first(where: { $0.tag == Tag.strings })?.value,
            let segment = loaded.first(where: { strings >= $0.address && strings - $0.address < $0.size })
        else { return nil }
        for (tag, value) in entries where [Tag.needed, Tag.rpath, Tag.runpath].contains(tag) {
            let text = text(content, segment.offset &+ (strings - segment.address) &+ value)
            let parts = text.split(separator: ":").map(String.init)
            switch tag {
            case Tag.needed: names.append(text)
            case Tag.rpath: paths += parts
            default: runPaths = (runPaths ?? []) + parts
            }
        }
    }
}

private func number(_ content: Data, _ offset: UInt64, _ size: Int) -> UInt64? {
    guard offset <= UInt64(content.count), content.count - Int(offset) >= size else { return nil }
    return content[Int(offset)..<Int(offset) + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

/// Up to its zero.
private func text(_ content: Data, _ offset: UInt64) -> String {
    guard offset < UInt64(content.count) else { return "" }
    return String(decoding: content[Int(offset)...].prefix { $0 != 0 }, as: UTF8.self)
}
