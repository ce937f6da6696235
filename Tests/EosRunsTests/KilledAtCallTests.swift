import EosCore
import EosRuns
import Foundation
import Glibc
import Testing

/// The process ends by SIGKILL right after a call of saving, whichever: the run goes on to the same bits.
@Suite struct KilledAtCallTests {
    @Test func afterEveryCallOfAWholeRun() async throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let counting = FaultyFiles()
        let whole = try begin(spec, scratch, files: counting.operations)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let calls = counting.calls
        #expect(calls.count > 40 && Set(calls) == Set(FaultyFiles.Call.allCases))

        var remains = 0
        for position in 1...calls.count {
            let path = "\(scratch.path)/killed-\(position)"
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, position = position as Int] in
                let files = FaultyFiles(.killedAfter, at: position)
                let spec = try makeSpec(durableRun)
                let session = try RunSession.begin(
                    spec, objective: try TestObjective.make(), policy: try makePolicy(spec), files: files.operations
                ) { () throws(EosError) in try RunDirectory.create(at: path) }
                _ = try session.run()
            }
            let place: Comment = "killed after call \(position), \(calls[position - 1])"
            guard FileManager.default.fileExists(atPath: path + "/spec.toml") else {
                // Its spec was not whole yet: it had not begun.
                let error = #expect(throws: EosError.self, place) { try RunDirectory.open(path) }
                #expect(error?.message.contains("it has no spec.toml") == true, place)
                continue
            }
            let directory = try RunDirectory.open(path)
            let store = CheckpointStore(directory.checkpoints, keep: 100)
            for iteration in try store.iterations() { _ = try store.load(iteration) }
            // Every checkpoint ends with the removal of an old one, but for the first two.
            let finished = calls[..<position].count { $0 == .unlink }
            if finished > 0 { #expect(try store.iterations().first ?? -1 >= finished + 1, place) }
            func partials() throws -> [String] {
                try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".partial") }
            }
            if try !partials().isEmpty { remains += 1 }
            var warnings: [String] = []
            let session = try resume(spec, directory, warnings: &warnings)
            // Before the run writes anything under the same name.
            #expect(try partials().isEmpty, place)
            #expect(try session.run().state == .budgetExhausted, place)
            #expect(try Left(directory).withoutEnds == expected.withoutEnds, place)
        }
        // From open to rename of each checkpoint the file is there and not whole.
        #expect(remains > 20)
    }
}
