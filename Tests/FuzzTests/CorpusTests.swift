import Foundation
import FuzzChecks
import Testing
import TestSupport

/// Every text that was worth keeping is read, or refused in one line that names the place.
@Suite struct CorpusTests {
    private func check(_ name: String, _ complaint: ([UInt8]) -> String?) throws {
        let directory = "\(Tree.root)/Tests/Fuzz/\(name)/corpus"
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(files.count >= 20)
        for file in files {
            let found = complaint(Array(try Data(contentsOf: URL(filePath: "\(directory)/\(file)"))))
            #expect(found == nil, "\(name)/corpus/\(file): \(found ?? "")")
        }
    }

    private func checkTexts(_ name: String, _ complaint: (String) -> String?) throws {
        try check(name) { complaint(String(decoding: $0, as: UTF8.self)) }
    }

    @Test func signatures() throws { try checkTexts("signature", SignatureCheck.complaint) }
    @Test func manifests() throws { try checkTexts("manifest", ManifestCheck.complaint) }
    @Test func specs() throws { try checkTexts("spec", SpecCheck.complaint) }
    @Test func checkpoints() throws { try check("checkpoint", CheckpointCheck.complaint) }
    @Test func controlLines() throws { try check("control", ControlCheck.complaint) }
}
