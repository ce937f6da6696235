import CEos
import EosCore
import EosRuns
import Foundation
import Glibc
import Synchronization
import Testing

private func write(_ store: CheckpointStore, _ iteration: Int) throws(EosError) {
    let document = StateDocument()
    document.add("x", [Double(iteration), 2, 3])
    try store.write(iteration) { (sink) throws(EosError) in
        try document.write { (part) throws(EosError) in try sink(part) }
    }
}

private func files(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
}

/// System calls of which call number `fault` fails for lack of space; counts them all.
private final class FaultyCalls: Sendable {
    private let count = Mutex(0)
    let fault: Int

    init(failing fault: Int) { self.fault = fault }

    var calls: Int { count.withLock { $0 } }

    private func fails() -> Bool {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number == fault { errno = ENOSPC }
        return number == fault
    }

    var operations: FileOperations {
        let system = FileOperations.system
        return FileOperations(
            open: { self.fails() ? -1 : system.open($0, $1, $2) },
            // A full disk takes a part first.
            write: { file, bytes in
                if self.fails() { return -1 }
                return system.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(16)))
            },
            fsync: { self.fails() ? -1 : system.fsync($0) },
            close: { file in
                let result = system.close(file)
                return self.fails() ? -1 : result
            },
            rename: { self.fails() ? -1 : system.rename($0, $1) }, unlink: { system.unlink($0) })
    }
}

@Suite struct CheckpointStoreTests {
    @Test func keepsTheLastOnes() throws {
        let scratch = Scratch()
        let store = CheckpointStore(scratch.path, keep: 2)
        for iteration in [5, 10, 100, 20] { try write(store, iteration) }
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

    @Test func everyFailingCallLeavesWhatWasThere() throws {
        var fault = 1
        var harmless = 0
        while true {
            let scratch = Scratch()
            try write(CheckpointStore(scratch.path, keep: 3), 1)
            let before = try Data(contentsOf: URL(filePath: scratch.path + "/1.safetensors"))
            let calls = FaultyCalls(failing: fault)
            let store = CheckpointStore(scratch.path, keep: 3, files: calls.operations)
            let error: EosError?
            do throws(EosError) {
                // Both a new one and one in the place of an old one.
                try write(store, fault % 2 == 0 ? 1 : 2)
                error = nil
            } catch let failure {
                error = failure
            }
            if calls.calls < fault { break }
            fault += 1
            guard error != nil else {
                harmless += 1
                continue
            }
            #expect(error?.message.contains("No space left on device; free some space") == true, "call \(fault - 1)")
            #expect(error?.message.contains(scratch.path) == true)
            #expect(try store.load(1).numbers("x") == [1, 2, 3])
            #expect(try Data(contentsOf: URL(filePath: scratch.path + "/1.safetensors")) == before)
            #expect(try !files(scratch.path).contains { $0.hasSuffix(".partial") }, "call \(fault - 1)")
        }
        // Closing a directory that has been synchronised already.
        #expect(fault > 10 && harmless == 1)
    }

    @Test func damageIsFoundAndNamed() throws {
        let scratch = Scratch()
        let store = CheckpointStore(scratch.path, keep: 3)
        try write(store, 7)
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
        #expect(throws: EosError.self) { try write(CheckpointStore(scratch.path + "/none", keep: 1), 1) }
    }
}
