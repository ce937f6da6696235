import EosCore
import Foundation

/// Shared libraries that the dynamic loader finds by where a shared object lies: those that it needs and that are in a
/// directory of its DT_RUNPATH or DT_RPATH which begins with $ORIGIN (System V ABI, chapter 5; ld.so(8)).
enum OriginLibraries {
    /// With what these need in turn, each once, without links being followed; none where the file is no shared object.
    ///
    /// - Parameter copy: of `file`, to which nobody writes; nil: there is none.
    static func all(of file: String, readFrom copy: String? = nil) -> [String] {
        var found: [String] = []
        var waiting = [(file, [String]())]
        while let (next, inherited) = waiting.popLast() {
            guard let object = ObjectFile(next == file ? copy ?? file : next), let needs = Needs(object) else {
                continue
            }
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
    init?(_ object: borrowing ObjectFile) {
        guard object.bytes(0, 6) == [0x7f, 0x45, 0x4c, 0x46, 2, 1], let table = object.number(32, 8),
            let size = object.number(54, 2), let count = object.number(56, 2), size >= 56
        else { return nil }
        var loaded: [(address: UInt64, offset: UInt64, size: UInt64)] = []
        var dynamic: (offset: UInt64, size: UInt64)?
        for row in 0..<count {
            let (start, overflow) = table.addingReportingOverflow(row * size)
            guard !overflow, let kind = object.number(start, 4), let offset = object.number(start + 8, 8),
                let address = object.number(start + 16, 8), let length = object.number(start + 32, 8)
            else { return nil }
            if kind == Segment.load { loaded.append((address, offset, length)) }
            if kind == Segment.dynamic { dynamic = (offset, length) }
        }
        guard let dynamic else { return nil }
        var entries: [(tag: UInt64, value: UInt64)] = []
        for entry in 0..<dynamic.size / 16 {
            guard let tag = object.number(dynamic.offset &+ entry * 16, 8), tag != 0,
                let value = object.number(dynamic.offset &+ entry * 16 &+ 8, 8)
            else { break }
            entries.append((tag, value))
        }
        guard let strings = entries.first(where: { $0.tag == Tag.strings })?.value,
            let segment = loaded.first(where: { strings >= $0.address && strings - $0.address < $0.size })
        else { return nil }
        for (tag, value) in entries where [Tag.needed, Tag.rpath, Tag.runpath].contains(tag) {
            let text = object.text(segment.offset &+ (strings - segment.address) &+ value)
            let parts = text.split(separator: ":").map(String.init)
            switch tag {
            case Tag.needed: names.append(text)
            case Tag.rpath: paths += parts
            default: runPaths = (runPaths ?? []) + parts
            }
        }
    }
}

/// A shared object, of which only what is asked for is read: plugins in Swift have megabytes.
private struct ObjectFile: ~Copyable {
    private let file: RegularFile
    private static let longestText = 1 << 16

    init?(_ path: String) {
        guard let file = try? RegularFile(path) else { return nil }
        self.file = file
    }

    /// nil: the file ends before.
    func bytes(_ offset: UInt64, _ count: Int) -> [UInt8]? {
        guard offset <= UInt64(file.size), file.size - Int(offset) >= count,
            let bytes = try? file.read(atMost: count, from: Int(offset)), bytes.count == count
        else { return nil }
        return bytes
    }

    func number(_ offset: UInt64, _ size: Int) -> UInt64? {
        bytes(offset, size)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Up to its zero.
    func text(_ offset: UInt64) -> String {
        guard offset < UInt64(file.size) else { return "" }
        var bytes: [UInt8] = []
        while bytes.count < Self.longestText,
            let more = try? file.read(atMost: 256, from: Int(offset) + bytes.count), !more.isEmpty
        {
            let part = more.prefix { $0 != 0 }
            bytes += part
            if part.count < more.count { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
