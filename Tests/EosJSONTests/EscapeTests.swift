import EosJSON
import Testing

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
