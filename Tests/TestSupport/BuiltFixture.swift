import Foundation

/// Shared objects and programs that tests build from sources. The same source, headers and options give the same file,
/// which is built once and kept beside what the tests were built to; a test that loads a plugin and needs one of its
/// own passes another `key`.
public enum BuiltFixture {
    /// Builds one source, by its extension: .c, .cpp, .f90, .f or .swift (with EosPluginKit at hand).
    ///
    /// - Parameters:
    ///   - source: from the root of the package, as "Tests/Fixtures/plugin.c", or an absolute path.
    ///   - options: "-DABI_MAJOR=2", "-lgsl"; they follow the source, as libraries must.
    ///   - shared: a shared object; else a program.
    ///   - include: where the headers of eos are, from the root of the package.
    ///   - key: tells apart what would be the same file.
    /// - Returns: the absolute path of what was built.
    public static func build(
        _ source: String, _ options: [String] = [], shared: Bool = true, include: String = "include", key: String = ""
    ) throws -> String {
        let source = source.hasPrefix("/") ? source : "\(Tree.root)/\(source)"
        let include = include.hasPrefix("/") ? include : "\(Tree.root)/\(include)"
        let command = try compiler(of: source, shared: shared, include: include)
        var inputs = try [source] + headers(include) + headers(URL(filePath: source).deletingLastPathComponent().path)
        if source.hasSuffix(".swift") { inputs.append("\(Tree.products)/libEosPluginKit.a") }
        var hash = Hash()
        hash.add(Data((["\(command)", key] + options).joined(separator: "\0").utf8))
        for input in inputs { hash.add(try Data(contentsOf: URL(filePath: input))) }

        let directory = "\(Tree.products)/fixtures/\(hash.text)"
        let name = URL(filePath: source).deletingPathExtension().lastPathComponent + (shared ? ".so" : "")
        let file = "\(directory)/\(name)"
        if FileManager.default.fileExists(atPath: file) { return file }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // Moved in place whole: another process of the tests may build the same at the same time.
        let scratch = "\(directory)/\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        // gfortran writes a file for each module, into the current directory unless told otherwise.
        let modules = command.hasPrefix("gfortran") ? ["-J", quoted(directory)] : []
        let built = try run(
            ([command] + modules + ["-o", quoted(scratch), quoted(source)] + options.map(quoted))
                .joined(separator: " "))
        guard built.status == 0 else { throw FixtureError("\(name) does not build: \(built.output)") }
        guard rename(scratch, file) == 0 else {
            throw FixtureError("\(file): \(String(cString: strerror(errno)))")
        }
        return file
    }

    private static func compiler(of source: String, shared: Bool, include: String) throws -> String {
        let position = shared ? " -shared -fPIC" : ""
        let headers = " -I \(quoted(include))"
        let warnings = " -Wall -Wextra -Werror -O1"
        switch URL(filePath: source).pathExtension {
        case "c": return "cc -std=c11 -Wpedantic" + warnings + position + headers
        case "cpp": return "g++ -std=c++17 -Wpedantic" + warnings + position + headers
        case "f90", "f": return "gfortran" + warnings + position
        case "swift":
            return "swiftc -O -static-stdlib -swift-version 6 -parse-as-library" + (shared ? " -emit-library" : "")
                + " -I \(quoted(Tree.products + "/Modules"))" + headers + " -L \(quoted(Tree.products)) -lEosPluginKit"
        case let other: throw FixtureError("\(source): no compiler is known for .\(other)")
        }
    }

    /// The headers below a directory, in an order of their own.
    private static func headers(_ directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.hasSuffix(".h") }.sorted()
            .map { "\(directory)/\($0)" }
    }

    private static func quoted(_ word: String) -> String { "'\(word.replacing("'", with: #"'\''"#))'" }
}

/// Why a fixture could not be built.
public struct FixtureError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// FNV-1a over 64 bits: Swift's own hash differs from process to process.
private struct Hash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ data: Data) {
        for byte in data { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    var text: String { String(state, radix: 16) }
}
