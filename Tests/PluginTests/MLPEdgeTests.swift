import CEos
import EosCore
import Testing

/// Numbers at which mlp does something else, and states that are damaged anywhere.
@Suite struct MLPEdgeTests {
    private static let network = Network(activation: "tanh", loss: "cross-entropy", bias: true)

    /// Any flipped bit and any byte too many or too few is found, also in what is left over of whole words.
    @Test func anyDamageOfAStateIsFound() throws {
        func objective() throws -> any Objective {
            try Self.network.subject(dtype: "f32", train: 13, layers: "[16,5,10]").objective
        }
        let original = try objective()
        _ = try Search(objective: original, iterations: 3).run()
        let state = try #require(try original.save())
        // 13 samples of 5 numbers of 4 bytes.
        #expect(state.count > 260 && 260 % 32 != 0)
        let other = try objective()
        func status(_ bytes: [UInt8]) -> Int {
            do { try bytes.withUnsafeBytes { try other.load($0) } } catch {
                return Int((error as? EosError)?.status ?? 0)
            }
            return Int(EOS_OK)
        }
        #expect(status(state) == EOS_OK)
        for place in state.indices {
            var damaged = state
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(status(damaged) == EOS_E_FORMAT, "byte \(place)")
        }
        #expect(status(state + [0]) == EOS_E_FORMAT)
        #expect(status(Array(state.dropLast())) < 0)
        #expect(try other.save() == state)
    }

    /// The first layer's product is carried through 32 commits and then computed anew.
    @Test func theFirstLayerIsComputedAnewAfter32Commits() throws {
        let ray = try Ray(try Self.network.subject(dtype: "f32").objective)
        try ray.start(seed: 1)
        var carried: [Int64] = []
        for _ in 0..<70 {
            try ray.begin()
            try ray.commit(0.01)
            let state = try #require(try ray.objective.save())
            // Behind the kind and the size of what is carried.
            carried.append(state.withUnsafeBytes { $0.load(fromByteOffset: 16, as: Int64.self) })
        }
        #expect(carried == (0..<70 as Range<Int64>).map { 1 + $0 % 32 })
    }

    /// A commit whose point is never evaluated does not outlive its ray.
    @Test func aNewRayForgetsACommit() throws {
        let rays = try (0..<2).map { _ in try Ray(try Self.network.subject(dtype: "f64").objective) }
        for (k, ray) in rays.enumerated() {
            try ray.start(seed: 1)
            try ray.begin()
            if k == 1 {
                #expect(ray.objective.ops.ray_commit(ray.objective.instance, 0.7, 99) == EOS_OK)
                try ray.begin()
            }
            #expect(try ray.value(0.1).isFinite)
            try ray.commit(0.1)
        }
        #expect(rays[0].gradient == rays[1].gradient)
    }

    /// Parts of the samples are worth it from ten blocks of 48 on.
    @Test func partsBeginWithTenBlocks() throws {
        for (train, isThere) in [(432, false), (433, true), (480, true)] {
            let subject = try Self.network.subject(dtype: "f64", train: train)
            let x = try subject.initialPoint(seed: 2)
            let v = randomVector(x.count, seed: 6)
            _ = try subject.products(x, [v])
            #expect(try (subject.product(part: 0, v) != nil) == isThere, "\(train) samples")
        }
    }
}
