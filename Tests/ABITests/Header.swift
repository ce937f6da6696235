import Foundation
import TestSupport

/// What the preprocessed header declares: enough of C to find functions, structs and their fields.
struct Header {
    struct Record {
        let name: String
        let fields: [String]
    }

    /// Functions that libeos must export.
    let functions: Set<String>
    /// Their declarations, as in the header.
    let declarations: [String]
    /// Declarations of functions without the attribute that exports them.
    let hidden: [String]
    /// In the order of the header.
    let records: [Record]

    /// Reads include/eos.h, or that of another directory, as the C compiler sees it.
    static func read(_ directory: String = "include") throws -> Header {
        let result = try run("printf '#include <eos.h>' | cc -std=c11 -E -P -I '\(directory)' -x c -")
        return Header(result.output)
    }

    init(_ text: String) {
        var functions: Set<String> = []
        var declarations: [String] = []
        var hidden: [String] = []
        var records: [Record] = []
        for statement in Self.statements(text) {
            if let record = statement.head.firstMatch(of: /struct\s+(eos_\w+)\s*$/) {
                records.append(Record(name: String(record.1), fields: Self.fields(statement.body ?? "")))
            } else if !statement.head.contains("typedef"), !statement.head.contains("static"),
                let function = statement.head.firstMatch(of: /(eos_\w+)\s*\(/)
            {
                // A plugin defines this one.
                if function.1 == "eos_plugin_entry" { continue }
                functions.insert(String(function.1))
                declarations.append(statement.head)
                if !statement.head.contains(#"visibility("default")"#) { hidden.append(String(function.1)) }
            }
        }
        self.functions = functions
        self.declarations = declarations
        self.hidden = hidden
        self.records = records
    }

    /// Declarations at the top: what precedes a brace or the semicolon, and what is between the braces.
    private static func statements(_ text: String) -> [(head: String, body: String?)] {
        var statements: [(head: String, body: String?)] = []
        var head = ""
        var body = ""
        var depth = 0
        for character in text {
            switch character {
            case "{":
                if depth > 0 { body.append(character) }
                depth += 1
            case "}":
                depth -= 1
                if depth == 0 {
                    statements.append((head, body))
                    head = ""
                    body = ""
                } else {
                    body.append(character)
                }
            case ";" where depth == 0:
                statements.append((head, nil))
                head = ""
            default:
                if depth == 0 { head.append(character) } else { body.append(character) }
            }
        }
        return statements
    }

    /// Names of the members between the braces of a struct.
    private static func fields(_ body: String) -> [String] {
        body.split(separator: ";").flatMap { member -> [String] in
            if let pointer = member.firstMatch(of: /\(\s*\*\s*(\w+)\s*\)\s*\(/) { return [String(pointer.1)] }
            return member.split(separator: ",").compactMap { declarator in
                declarator.firstMatch(of: /(\w+)\s*(\[\w+\]\s*)?$/).map { String($0.1) }
            }
        }
    }
}

/// A copy of the headers that a test may change.
struct EditedHeaders {
    private let directory: TemporaryDirectory
    /// The directory that has eos.h.
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/include"
        try FileManager.default.copyItem(atPath: "\(Tree.root)/include", toPath: path)
    }

    /// Changes one file of eos/.
    func edit(_ file: String, _ change: (String) throws -> String) throws {
        let text = try String(contentsOfFile: "\(path)/eos/\(file)", encoding: .utf8)
        try change(text).write(toFile: "\(path)/eos/\(file)", atomically: true, encoding: .utf8)
    }
}
