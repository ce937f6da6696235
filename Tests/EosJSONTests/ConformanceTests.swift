import EosJSON
import Foundation
import Testing

private let files = ProcessInfo.processInfo.environment["EOS_CONFORMANCE_DIR"].map { $0 + "/json/test_parsing" }

/// What the test files of others want of a reader of JSON: those named y_ are read, those named n_ refused.
@Suite(.enabled(if: files != nil, "EOS_CONFORMANCE_DIR is not set: there are no files to read"))
struct ConformanceTests {
    @Test func everyFileIsReadOrRefused() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: files!).filter { $0.hasSuffix(".json") }
        var count = (read: 0, refused: 0)
        for name in names {
            let bytes = try #require(FileManager.default.contents(atPath: "\(files!)/\(name)"))
            let value: JSONText?
            do {
                value = try JSONText(reading: bytes)
            } catch {
                value = nil
                #expect(error.description.hasPrefix("this is not JSON: at byte "), "\(name)")
            }
            if name.hasPrefix("y_") {
                #expect(value != nil, "\(name)")
                count.read += 1
            } else if name.hasPrefix("n_") {
                #expect(value == nil, "\(name)")
                count.refused += 1
            }
            // What is written is read as the same.
            if let value { #expect(try JSONText(reading: value.text.utf8).text == value.text, "\(name)") }
        }
        #expect(count.read > 90 && count.refused > 180)
    }
}

/// Characters that JSON writes as two escapes.
@Suite struct JSONEscapeTests {
    @Test(arguments: [
        (#""\ud83d\ude00""#, "\u{1f600}"), (#""\uD834\uDD1E""#, "\u{1d11e}"), (#""\ud800\udc00""#, "\u{10000}"),
        (#""\udbff\udfff""#, "\u{10ffff}"), (#""\u00e9\u20ac""#, "\u{e9}\u{20ac}"),
    ])
    func pairsAreOneCharacter(_ json: String, _ text: String) throws {
        #expect(try JSONText(reading: json.utf8).string == text)
    }

    @Test(arguments: [#""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#, #""\ud83dx""#])
    func halfAPairIsRefused(_ json: String) {
        #expect(throws: JSONFault.self) { try JSONText(reading: json.utf8) }
    }
}
