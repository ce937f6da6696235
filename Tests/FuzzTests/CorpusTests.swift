import Foundation
import FuzzChecks
import Testing
import TestSupport

/// Every text that was worth keeping is read, or refused in one line that names the place.
@Suite struct CorpusTests {
    private func texts(_ name: String) throws -> [(file: String, text: String)] {
        let directory = "\(Tree.root)/Tests/Fuzz/\(name)/corpus"
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { file in
            let data = try Data(contentsOf: URL(filePath: "\(directory)/\(file)"))
            return (file, String(decoding: data, as: UTF8.self))
        }
    }

    private func check(_ name: String, _ complaint: (String) -> String?) throws {
        let texts = try texts(name)
        #expect(texts.count >= 20)
        for (file, text) in texts {
            let found = complaint(text)
            #expect(found == nil, "\(name)/corpus/\(file): \(found ?? "")")
        }
    }

    @Test func signatures() throws { try check("signature", SignatureCheck.complaint) }
    @Test func manifests() throws { try check("manifest", ManifestCheck.complaint) }
}
