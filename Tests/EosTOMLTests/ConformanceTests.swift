import EosCore
import EosJSON
import EosTOML
import Foundation
import Testing

private let directory = ProcessInfo.processInfo.environment["EOS_CONFORMANCE_DIR"].map { $0 + "/toml/tests" }

/// What the test files of others want of a reader of TOML 1.0: what is valid is read as its values, but for dates, which
/// are refused by name; what is not is refused with its place.
@Suite(.enabled(if: directory != nil, "EOS_CONFORMANCE_DIR is not set: there are no files to read"))
struct ConformanceTests {
    private let names: [String]

    init() throws {
        names = try String(contentsOfFile: directory! + "/files-toml-1.0.0", encoding: .utf8).split(separator: "\n")
            .map(String.init).filter { $0.hasSuffix(".toml") }
    }

    private func bytes(_ name: String) throws -> Data {
        try #require(FileManager.default.contents(atPath: "\(directory!)/\(name)"))
    }

    @Test func whatIsValidIsReadAsItsValues() throws {
        var count = 0
        for name in names where name.hasPrefix("valid/") {
            let wanted = try JSONText(reading: bytes(name.dropLast("toml".count) + "json"))
            let content = try bytes(name)
            do throws(EosError) {
                let root = try Node(toml: content, file: name)
                #expect(isEqual(root, wanted), "\(name)")
                count += 1
            } catch {
                #expect(error.message.hasPrefix("\(name):"), "\(error.message)")
                #expect(error.message.contains("dates and times are not supported"), "\(error.message)")
                #expect(hasDate(wanted), "\(name)")
            }
        }
        #expect(count > 180)
    }

    @Test func whatIsInvalidIsRefusedWithItsPlace() throws {
        var count = 0
        for name in names where name.hasPrefix("invalid/") {
            count += 1
            let content = try bytes(name)
            let error = #expect(throws: EosError.self, "\(name)") { try Node(toml: content, file: name) }
            let message = error?.message ?? ""
            #expect(message.wholeMatch(of: /\S+\.toml:(\d+):(\d+): .+/) != nil, "\(message)")
            #expect(message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "\(message)")
        }
        #expect(count == 499)
    }

    /// Values stand in the files as {"type": "integer", "value": "1"}.
    private func isEqual(_ node: Node, _ wanted: JSONText) -> Bool {
        let (type, text) = (wanted["type"]?.string, wanted["value"]?.string)
        switch node.kind {
        case .bool(let value): return type == "bool" && text == "\(value)"
        case .integer(let value): return type == "integer" && text == "\(value)"
        case .number(let value):
            guard type == "float", let number = text.flatMap(Double.init) else { return false }
            return number.bitPattern == value.bitPattern || number.isNaN && value.isNaN
        // By bytes, not as characters.
        case .string(let value): return type == "string" && text.map { $0.utf8.elementsEqual(value.utf8) } == true
        case .array(let nodes):
            guard let elements = wanted.array, elements.count == nodes.count else { return false }
            return zip(nodes, elements).allSatisfy { isEqual($0, $1) }
        case .table(let entries):
            guard let members = wanted.members, members.count == entries.count else { return false }
            return entries.allSatisfy { entry in
                members.contains { $0.0.utf8.elementsEqual(entry.name.utf8) && isEqual(entry.node, $0.1) }
            }
        }
    }

    private func hasDate(_ json: JSONText) -> Bool {
        if let elements = json.array { return elements.contains(where: hasDate) }
        if let type = json["type"]?.string { return type.contains("date") || type.contains("time") }
        return json.members?.contains { hasDate($0.1) } ?? false
    }
}
