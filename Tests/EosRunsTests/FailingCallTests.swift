import CEos
import EosCore
import EosRuns
import Foundation
import Glibc
import Synchronization
import Testing

/// Whatever call of a checkpoint fails, the directory holds one that is whole and not older than the one before.
@Suite struct FailingCallTests {
    private static let reasons = [ENOSPC, EDQUOT, EIO, EFBIG, EROFS]

    /// Checkpoints 1 and 2, the second one's calls with a fault; then 3 without.
    private func check(_ fault: FaultyFiles.Fault, at position: Int, replacing: Bool) throws -> EosError? {
        let scratch = Scratch()
        let sound = CheckpointStore(scratch.path, keep: 1)
        try writeNumbers(sound, 1)
        let before = try Data(contentsOf: URL(filePath: sound.path(1)))
        let faulty = FaultyFiles(fault, at: position)
        let second = replacing ? 1 : 2
        var failure: EosError?
        do throws(EosError) {
            try writeNumbers(CheckpointStore(scratch.path, keep: 1, files: faulty.operations), second)
        } catch { failure = error }

        let place: Comment = "\(fault) at call \(position) of \(faulty.calls.map(\.rawValue))"
        let last = try #require(try sound.iterations().first, place)
        #expect(try sound.load(last).numbers("x") == [Double(last), 2, 3], place)
        #expect(failure != nil || last == second, place)
        if failure != nil { #expect(try Data(contentsOf: URL(filePath: sound.path(1))) == before, place) }
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(!names.contains { $0.hasSuffix(".partial") }, place)

        try writeNumbers(sound, 3)
        #expect(try sound.iterations() == [3], place)
        return failure
    }

    private func callsOfOne(replacing: Bool) throws -> [FaultyFiles.Call] {
        let scratch = Scratch()
        try writeNumbers(CheckpointStore(scratch.path, keep: 1), 1)
        let files = FaultyFiles()
        try writeNumbers(CheckpointStore(scratch.path, keep: 1, files: files.operations), replacing ? 1 : 2)
        return files.calls
    }

    @Test(arguments: [false, true]) func everyCallMayFailForEveryReason(replacing: Bool) throws {
        let calls = try callsOfOne(replacing: replacing)
        #expect(Set(calls) == Set(FaultyFiles.Call.allCases.filter { !replacing || $0 != .unlink }))
        for reason in Self.reasons {
            for (index, call) in calls.enumerated() {
                let failure = try check(.reason(reason), at: index + 1, replacing: replacing)
                // The old one is removed another time, and a directory that was synchronised needs no more.
                let isHarmless = call == .unlink || (call == .close && index > calls.firstIndex(of: .rename)!)
                #expect((failure == nil) == isHarmless, "\(call), call \(index + 1)")
                if let failure {
                    #expect(failure.status == eos_status(EOS_E_IO))
                    #expect(failure.message.contains(String(cString: strerror(reason))), "\(failure)")
                }
                _ = try check(.reasonForGood(reason), at: index + 1, replacing: replacing)
            }
        }
    }

    @Test(arguments: [false, true]) func interruptedAndShortCallsAreGoneOnWith(replacing: Bool) throws {
        let calls = try callsOfOne(replacing: replacing)
        for (index, call) in calls.enumerated() {
            let failure = try check(.interrupted, at: index + 1, replacing: replacing)
            // What an interrupted rename did is not known; the next checkpoint is written whole again.
            #expect((failure != nil) == (call == .rename), "\(call), call \(index + 1)")
            #expect(try check(.short, at: index + 1, replacing: replacing) == nil)
        }
    }

    @Test func aFileThatTakesNothingIsAnError() throws {
        let scratch = Scratch()
        var files = FileOperations.system
        files.write = { _, _ in 0 }
        let store = CheckpointStore(scratch.path, keep: 1, files: files)
        let error = #expect(throws: EosError.self) { try writeNumbers(store, 1) }
        #expect(error?.status == eos_status(EOS_E_IO))
    }

    /// Two checkpoints of three fail, each twice in a row: shortages that passed do not count any more.
    @Test func shortagesThatPassDoNotAddUp() throws {
        let scratch = Scratch()
        let attempts = Mutex(0)
        var files = FileOperations.system
        files.rename = { from, to in
            guard to.hasSuffix(".safetensors") else { return FileOperations.system.rename(from, to) }
            let number = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            guard number % 3 != 0 else { return FileOperations.system.rename(from, to) }
            errno = EIO
            return -1
        }
        let session = try begin(try makeSpec(durableRun, "stop.iterations=29"), scratch, files: files)
        var warnings: [String] = []
        session.onWarning = { warnings.append($0) }
        #expect(try session.run().state == .budgetExhausted)
        #expect(warnings.count == 20)
        for attempt in 1...2 {
            #expect(warnings.count { $0.contains("attempt \(attempt) to write a checkpoint failed") } == 10)
        }
    }

    /// One call of the whole run fails, whichever: the run warns or pauses, and goes on to the same bits.
    @Test func wholeRunsLoseNothing() throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let counting = FaultyFiles()
        _ = try begin(spec, scratch, files: counting.operations).run()
        let calls = counting.calls
        #expect(calls.count > 40)
        let beginning = FaultyFiles()
        _ = try begin(spec, scratch, files: beginning.operations)
        let callsToBegin = beginning.calls.count
        var refusals: [Int: Int] = [:]
        for (index, _) in calls.enumerated() {
            for fault in [FaultyFiles.Fault.reason(EIO), .reasonForGood(ENOSPC), .interrupted] {
                let place: Comment = "\(fault) at call \(index + 1), \(calls[index])"
                let files = FaultyFiles(fault, at: index + 1)
                let session: RunSession
                do throws(EosError) {
                    session = try RunSession.begin(
                        spec, objective: try TestObjective.make(),
                        policy: try BuiltInPolicies.kind("nls")!.make(spec.policy), files: files.operations
                    ) { () throws(EosError) in try RunDirectory.create(in: scratch.path, name: spec.name) }
                } catch {
                    // It never began, and has said so: only where a call of its beginning failed.
                    #expect(index < callsToBegin && error.status == eos_status(EOS_E_IO), place)
                    refusals[index, default: 0] += 1
                    continue
                }
                var warnings: [String] = []
                session.onWarning = { warnings.append($0) }
                do {
                    #expect(try session.run().state == .budgetExhausted, place)
                } catch {
                    let last = try RunDatabase.open(session.directory, readOnly: true).lastState()
                    #expect(last?.state == .paused, place)
                }
                let again = try resume(spec, try copy(session.directory, in: scratch), warnings: &warnings)
                _ = try again.run()
                #expect(try Left(again.directory).withoutEnds == expected.withoutEnds, place)
            }
        }
        // Of its beginning, whatever fails but a close after all was done keeps it from beginning, two faults of three
        // at least.
        for index in 0..<callsToBegin where calls[index] != .close {
            #expect(refusals[index] ?? 0 >= 2, "call \(index + 1), \(calls[index])")
        }
    }
}
