import EosJSON
import Foundation
import Testing

/// Records are written and read as they were.
@Suite struct CodingTests {
    enum Outcome: Codable, Equatable {
        case none
        case ended(Int32, message: String)
    }

    enum Kind: String, Codable { case fast, slow }

    struct Inner: Codable, Equatable {
        var range: ClosedRange<Double>
        var flags: Set<UInt8>
        var kind = Kind.slow
    }

    struct Record: Codable, Equatable {
        var text = "\u{1F600} \"\n"
        var flag = false
        var numbers = [0.1, -0.0, .infinity, -.infinity, 1]
        var inode = UInt64.max
        var small: Int8 = -128
        var missing: String?
        var inner = Inner(range: -1...(.infinity), flags: [3])
        var list = [[Outcome.none], [], [.ended(-2, message: "no"), .none]]
        var table = ["a": [1], "b": []]
        var tuple: [Int?] = [1, nil]
    }

    @Test func recordsComeBack() throws {
        let record = Record()
        let json = try JSONText(encoding: record)
        #expect(try JSONText(reading: json.text.utf8).decoded(as: Record.self) == record)
        #expect(
            json.members?.map(\.0) == [
                "text", "flag", "numbers", "inode", "small", "inner", "list", "table", "tuple",
            ])
        #expect(try JSONText(encoding: Double.nan).decoded(as: Double.self).isNaN)
        #expect(try JSONText(encoding: [Record]()).text == "[]")
    }

    /// Files that were written by Foundation's encoder stay readable, and the other way round.
    @Test func foundationReadsAndWritesTheSame() throws {
        var record = Record()
        record.inode = 5
        let encoder = JSONEncoder()
        let decoder = JSONDecoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        #expect(try JSONText(reading: encoder.encode(record)).decoded(as: Record.self) == record)
        #expect(try decoder.decode(Record.self, from: Data(JSONText(encoding: record).text.utf8)) == record)
    }

    @Test(arguments: [
        ("{}", "the value has no range"), ("[]", "the value is not an object"),
        ("{\"kind\": 1, \"kind\": 2}", "the value has kind more than once"),
        ("{\"range\": [1, 2], \"flags\": [256], \"kind\": \"fast\"}", "flags is not UInt8"),
        ("{\"range\": [1, 2], \"flags\": [1.5], \"kind\": \"fast\"}", "flags is not UInt8"),
        ("{\"range\": [1], \"flags\": [], \"kind\": \"fast\"}", "range has only 1 elements"),
        ("{\"range\": [1, true], \"flags\": [], \"kind\": \"fast\"}", "range is not Double"),
        ("{\"range\": [1, 2], \"flags\": [], \"kind\": 1}", "kind is not String"),
    ])
    func whatDoesNotFitIsNamed(_ text: String, _ reason: String) {
        let fault = #expect(throws: JSONFault.self) { try JSONText(reading: text.utf8).decoded(as: Inner.self) }
        #expect(fault?.description == reason)
    }
}
