import CEos
import Testing

/// Numbers for a search that is none: any will do as long as they return.
private struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }
}

@Suite struct PolicyTests {
    let host = MockHost()

    func wandering() throws -> MockPolicy {
        try #require(host.policy(testPlugin, "test.wandering", ["first_step": .number(0.25)]).object)
    }

    /// The bits of every step and reason of some searches.
    private func search(_ policy: MockPolicy, searches: Int, _ numbers: inout Numbers) -> [UInt64] {
        var log: [UInt64] = []
        for iteration in 0..<searches {
            var iterate = eos_iterate()
            iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
            iterate.iteration = Int64(iteration)
            iterate.value = numbers.next()
            var step = 0.0
            #expect(policy.ops.propose(policy.box, &iterate, &step) == EOS_OK)
            var trial = eos_trial()
            trial.struct_size = UInt32(MemoryLayout<eos_trial>.size)
            while true {
                trial.step = step
                trial.value = 2 * numbers.next()
                trial.finite = numbers.next() < 0.9 ? 1 : 0
                var verdict = eos_verdict()
                verdict.struct_size = UInt32(MemoryLayout<eos_verdict>.size)
                #expect(policy.ops.judge(policy.box, &iterate, &trial, &verdict) == EOS_OK)
                log += [step.bitPattern, verdict.step.bitPattern, UInt64(verdict.reason)]
                step = verdict.step
                if verdict.action == EOS_ACCEPT { break }
                trial.index += 1
            }
            #expect(policy.ops.accepted!(policy.box, &iterate, &trial) == EOS_OK)
        }
        return log
    }

    @Test func theTableHasStateOnlyWhereThereIsSome() throws {
        let fixed = try #require(host.policy(testPlugin, "test.fixed").object)
        #expect(fixed.ops.struct_size == MemoryLayout<eos_policy_ops>.size)
        #expect(fixed.ops.save == nil && fixed.ops.load == nil)
        #expect(fixed.ops.needs!(fixed.box) == 0)
        var numbers = Numbers(state: 1)
        let half = (0.5).bitPattern
        #expect(search(fixed, searches: 1, &numbers) == [half, half, UInt64(EOS_REASON_CAPPED)])
        let wandering = try wandering()
        #expect(wandering.ops.save != nil && wandering.ops.load != nil)
        #expect(Int(wandering.ops.needs!(wandering.box)) == EOS_NEEDS_SECANT | EOS_NEEDS_SHARPNESS)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func aSavedPolicyGoesOnToTheSameBits(seed: UInt64) throws {
        let first = try wandering()
        var numbers = Numbers(state: seed)
        _ = search(first, searches: Int(seed) + 3, &numbers)
        let saved = MemoryStream()
        var writer = saved.writer
        #expect(first.ops.save!(first.box, &writer) == EOS_OK)
        let second = try wandering()
        let source = MemoryStream(saved.bytes)
        var reader = source.reader
        #expect(second.ops.load!(second.box, &reader) == EOS_OK)
        var again = numbers
        #expect(search(first, searches: 30, &numbers) == search(second, searches: 30, &again))
    }

    /// The trial of a host from before the slope ends before it; what lies behind is not read.
    @Test(arguments: [false, true]) func theSlopeIsReadWhereTheHostGivesOne(given: Bool) throws {
        let policy = try #require(host.policy(testPlugin, "test.sloping").object)
        #expect(Int(policy.ops.needs!(policy.box)) == EOS_NEEDS_TRIAL_SLOPE)
        var iterate = eos_iterate()
        iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
        var trial = eos_trial()
        let size = given ? MemoryLayout<eos_trial>.size : MemoryLayout<eos_trial>.offset(of: \eos_trial.slope)!
        trial.struct_size = UInt32(size)
        trial.finite = 1
        trial.index = 3
        trial.step = 0.5
        trial.value = 2
        trial.slope = 7
        var verdict = eos_verdict()
        verdict.struct_size = UInt32(MemoryLayout<eos_verdict>.size)
        #expect(policy.ops.judge(policy.box, &iterate, &trial, &verdict) == EOS_OK)
        #expect(Int(verdict.action) == EOS_ACCEPT)
        // index, step, value and slope, or 0 for NaN, as digits.
        #expect(verdict.step == (given ? 3527 : 3520))
    }

    @Test func directionsAreMadeOfTheHistory() throws {
        let policy = try #require(host.policy(testPlugin, "test.momentum").object)
        #expect(policy.ops.history!(policy.box) == 2)
        var iterate = eos_iterate()
        func direct(_ pairs: Int) -> (eos_status, [Double]) {
            let count = 2 * pairs + 1
            let products = (0..<count * count).map { Double($0) }
            var factors = [Double](repeating: .nan, count: count)
            let status = products.withUnsafeBufferPointer { products in
                var history = eos_history()
                history.struct_size = UInt32(MemoryLayout<eos_history>.size)
                history.pairs = UInt32(pairs)
                history.products = products.baseAddress
                return policy.ops.direct!(policy.box, &iterate, &history, &factors)
            }
            return (status, factors)
        }
        #expect(direct(0) == (eos_status(EOS_OK), [-1]))
        // Row 1, column 1 of 3; row 0, column 2.
        #expect(direct(1) == (eos_status(EOS_OK), [-1, 4, 2]))
        #expect(direct(2) == (eos_status(EOS_OK), [-1, 6, 2, 18, 4]))
        iterate.value = -1
        #expect(direct(1).0 == EOS_E_FAILED)
        iterate.value = 7
        #expect(direct(1).0 == EOS_E_FAILED)
        #expect(
            host.failures.map(\.message) == [
                "value = -1.0 is negative", "direct returned 0 factors, but the history has 3 vectors",
            ])
        // One that does not direct asks for no history.
        let fixed = try #require(host.policy(testPlugin, "test.fixed").object)
        #expect(fixed.ops.history!(fixed.box) == 0)
    }

    @Test func resetGoesBackToTheStart() throws {
        let policy = try wandering()
        var numbers = Numbers(state: 4)
        let first = search(policy, searches: 12, &numbers)
        numbers = Numbers(state: 4)
        let other = search(policy, searches: 12, &numbers)
        #expect(policy.ops.reset!(policy.box) == EOS_OK)
        numbers = Numbers(state: 4)
        #expect(search(policy, searches: 12, &numbers) == first)
        #expect(other != first)
    }

    @Test func aCutStateChangesNothing() throws {
        let policy = try wandering()
        let saved = MemoryStream()
        var writer = saved.writer
        #expect(policy.ops.save!(policy.box, &writer) == EOS_OK)
        var numbers = Numbers(state: 9)
        _ = search(policy, searches: 5, &numbers)
        let now = MemoryStream()
        writer = now.writer
        #expect(policy.ops.save!(policy.box, &writer) == EOS_OK)
        let source = MemoryStream(Array(saved.bytes.dropLast()))
        var reader = source.reader
        #expect(policy.ops.load!(policy.box, &reader) == EOS_E_FORMAT)
        let after = MemoryStream()
        writer = after.writer
        #expect(policy.ops.save!(policy.box, &writer) == EOS_OK)
        #expect(after.bytes == now.bytes && after.bytes != saved.bytes)
    }

    @Test func errorsBecomeStatusesAndMessages() throws {
        let policy = try wandering()
        var iterate = eos_iterate()
        iterate.value = -1
        var step = 0.0
        #expect(policy.ops.propose(policy.box, &iterate, &step) == EOS_E_FAILED)
        #expect(host.failures.map(\.message) == ["value = -1.0 is negative"])
        #expect(host.policy(testPlugin, "test.wandering").status == EOS_E_CONFIG)
        #expect(host.policy(testPlugin, "test.bare").status == EOS_E_NOT_FOUND)
    }
}
