import Foundation
import Testing

/// `eos plugins` and `eos plugin explain` meet all of them, beside plugins that behave.
@Suite struct ListingTests {
    @Test func listsEveryHealthyOne() throws {
        let all = Misbehaviour.all + [.healthy]
        let eos = try Eos(all)
        let result = try eos("plugins", "--json", "--timeout", "10")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.remarks.isEmpty, "\(result.error)")
        let found = try members(result.output)
        let listed = Set(try #require(found["plugins"] as? [[String: Any]]).compactMap { $0["id"] as? String })
        let refused = try #require(found["refused"] as? [[String: Any]])
        for plugin in all {
            let refusal = refused.first { ($0["file"] as? String)?.hasSuffix("/\(plugin.name).so") == true }
            switch plugin.listing {
            case .listed:
                #expect(listed.contains("org.example.\(plugin.name)"), "\(plugin): \(refusal ?? [:])")
            case .refused(let words):
                let reason = try #require(refusal?["reason"] as? String, "\(plugin)")
                #expect(reason.contains(words), "\(plugin): \(reason)")
            }
        }
        // Those of the build tree are there as ever.
        #expect(listed.contains { !$0.hasPrefix("org.example.") })
        #expect(try eos("plugins", "--timeout", "10").status == 0)
    }

    @Test(arguments: Misbehaviour.all)
    func explainsEveryOne(_ plugin: Misbehaviour) throws {
        let eos = try Eos([plugin])
        let result = try eos("plugin", "explain", plugin.name, "--timeout", plugin.isNeverLoaded ? "1" : "60")
        #expect(result.status == 0, "\(result.error)")
        switch plugin.listing {
        case .listed: #expect(result.output.contains("org.example.\(plugin.name)"), "\(result.output)")
        case .refused(let words): #expect(result.output.contains(words), "\(result.output)")
        }
    }
}
