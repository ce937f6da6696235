import CEos
import EosCore
import EosRuns
import Foundation
import Testing

/// A checkpoint with x = (iteration, 2, 3).
func writeNumbers(_ store: CheckpointStore, _ iteration: Int) throws(EosError) {
    let document = StateDocument()
    document.add("x", [Double(iteration), 2, 3])
    try store.write(iteration) { (sink) throws(EosError) in
        try document.write { (part) throws(EosError) in try sink(part) }
    }
}

private func files(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
}

@Suite struct CheckpointStoreTests {
    @Test func keepsTheLastOnes() throws {
        let scratch = Scratch()
        let store = CheckpointStore(scratch.path, keep: 2)
        for iteration in [5, 10, 100, 20] { try writeNumbers(store, iteration) }
        // 20 was written last and is not to be lost, though 10 and 100 are kept.
        #expect(try store.iterations() == [100, 20])
        #expect(try files(scratch.path) == ["100.safetensors", "20.safetensors"])
        #expect(try store.load(20).numbers("x") == [20, 2, 3])
    }

    @Test func passesOverOtherNames() throws {
        let scratch = Scratch()
        for name in ["x.safetensors", "01.safetensors", "-1.safetensors", "3.safetensors.partial", "4.safetensors.gz"] {
            _ = scratch.write("", to: name)
        }
        #expect(try CheckpointStore(scratch.path, keep: 1).iterations().isEmpty)
    }

    @Test func damageIsFoundAndNamed() throws {
        let scratch = Scratch()
        let store = CheckpointStore(scratch.path, keep: 3)
        try writeNumbers(store, 7)
        let url = URL(filePath: store.path(7))
        let content = try Data(contentsOf: url)
        for damaged in [content + [0], content.dropLast(1), Data(), content.prefix(4)] {
            try damaged.write(to: url)
            let error = #expect(throws: EosError.self) { try store.load(7) }
            #expect(error?.status == eos_status(EOS_E_FORMAT))
            #expect(error?.message.hasPrefix(store.path(7) + ": ") == true)
        }
        store.setAside(7)
        #expect(try store.iterations().isEmpty)
        #expect(try files(scratch.path) == ["7.safetensors.damaged"])
    }

    @Test func missingDirectoryAndFile() throws {
        let scratch = Scratch()
        let missing = #expect(throws: EosError.self) { try CheckpointStore.load(scratch.path + "/3.safetensors") }
        #expect(missing?.status == eos_status(EOS_E_NOT_FOUND))
        #expect(throws: EosError.self) { try writeNumbers(CheckpointStore(scratch.path + "/none", keep: 1), 1) }
    }
}
