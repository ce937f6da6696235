import EosCore
import Testing

/// Numbers of mixed size, at a given distance in elements from an aligned address.
private final class Numbers {
    let type: ElementType
    let count: Int
    let start: UnsafeMutableRawPointer
    private let memory: UnsafeMutableRawPointer

    init(_ type: ElementType, _ count: Int, seed: UInt64, shift: Int = 0) {
        self.type = type
        self.count = count
        memory = .allocate(byteCount: (count + shift + 1) * type.size, alignment: 64)
        start = memory + shift * type.size
        let random = Random(seed: seed)
        let sizes = [1e-3, 1, 30]
        for i in 0..<count {
            let size = sizes[Int(random.bits(UInt64(2 * i + 1)) % 3)]
            self[i] = (2 * random.uniform(UInt64(2 * i)) - 1) * size
        }
    }

    deinit { memory.deallocate() }

    subscript(_ i: Int) -> Double {
        get {
            type == .f64
                ? start.load(fromByteOffset: 8 * i, as: Double.self)
                : Double(start.load(fromByteOffset: 4 * i, as: Float.self))
        }
        set {
            if type == .f64 {
                start.storeBytes(of: newValue, toByteOffset: 8 * i, as: Double.self)
            } else {
                start.storeBytes(of: Float(newValue), toByteOffset: 4 * i, as: Float.self)
            }
        }
    }

    /// Whether element i has the bits of `element(i)`, rounded to the type after each operation.
    func equals(f64: (Int) -> Double, f32: (Int) -> Float) -> Bool {
        (0..<count).allSatisfy { self[$0].bitPattern == (type == .f64 ? f64($0) : Double(f32($0))).bitPattern }
    }
}

@Suite struct HostSpaceTests {
    private static let counts = Array(0...100) + [1023, 1024, 1025, 1056, 4096, 8193, 1_000_003]

    @Test(arguments: [ElementType.f64, .f32])
    func sumsAreExactToRounding(_ type: ElementType) {
        for count in Self.counts {
            let space = HostSpace(type, count: count)
            let a = Numbers(type, count, seed: 1)
            let b = Numbers(type, count, seed: 2)
            var dot: Float80 = 0
            var size: Float80 = 0
            var norm2: Float80 = 0
            for i in 0..<count {
                let product = Float80(a[i]) * Float80(b[i])
                dot += product
                size += abs(product)
                norm2 += Float80(a[i]) * Float80(a[i])
            }
            // Parts and lanes keep the sums short: far fewer roundings add up than there are elements.
            let accuracy = Float80(Double.ulpOfOne) * (80 + Float80(count / 1024)) / 2
            #expect(abs(Float80(space.dot(a.start, b.start)) - dot) <= accuracy * size, "\(type), \(count)")
            #expect(abs(Float80(space.norm2(a.start)) - norm2) <= accuracy * norm2, "\(type), \(count)")
        }
    }

    /// Products with several vectors at once have the bits of one after the other; combinations are rounded once.
    @Test(arguments: [ElementType.f64, .f32])
    func severalVectorsAtOnceAreOneAfterTheOther(_ type: ElementType) throws {
        for count in [1, 7, 8, 15, 16, 33, 1024, 10_001] {
            let space = HostSpace(type, count: count)
            let numbers = (0..<5).map { Numbers(type, count, seed: UInt64($0)) }
            let vectors = try numbers.map { one in
                let vector = try space.makeVector()
                vector.copy(from: one.start)
                return vector
            }
            let a = Numbers(type, count, seed: 9)
            defer { withExtendedLifetime((numbers, a)) {} }
            #expect(space.dots(vectors[1..<4], a.start) == vectors[1..<4].map { space.dot($0.pointer, a.start) })
            for others in 0...5 {
                let rows = numbers.prefix(others).map { UnsafeRawPointer($0.start) }
                #expect(
                    space.dots(vectors[...], each: rows)
                        == rows.flatMap { row in vectors.map { space.dot($0.pointer, row) } }, "\(type), \(count)")
            }
            let factors = [0.3, -1e3, 0, 7, 1e-9]
            for adding in [true, false] {
                let out = Numbers(type, count, seed: 9)
                space.combine(vectors, factors, adding: adding, into: out.start)
                func sum(_ i: Int) -> Double {
                    zip(numbers, factors).reduce(adding ? a[i] : 0) { $0 + $1.1 * $1.0[i] }
                }
                #expect(out.equals(f64: sum, f32: { Float(sum($0)) }), "\(type), \(count), \(adding)")
            }
        }
    }

    /// In the order that sums.h and chunks state, written once more: so every processor gives these bits.
    @Test(arguments: [ElementType.f64, .f32])
    func sumsHaveTheirOrder(_ type: ElementType) {
        for count in Self.counts + [2_100_001] {
            let a = Numbers(type, count, seed: 1)
            let b = Numbers(type, count, seed: 2)
            let chunk = max(8, (count + 256 * 1024 - 1) / (256 * 1024)) * 1024
            var total = 0.0
            for first in stride(from: 0, to: count, by: chunk) {
                total += sumOfChunk(a, b, first..<min(first + chunk, count))
            }
            #expect(HostSpace(type, count: count).dot(a.start, b.start) == total, "\(type), \(count)")
        }
    }

    private func sumOfChunk(_ a: Numbers, _ b: Numbers, _ chunk: Range<Int>) -> Double {
        var total = 0.0
        for start in stride(from: chunk.lowerBound, to: chunk.upperBound, by: 1024) {
            let end = min(start + 1024, chunk.upperBound)
            let whole = start + (end - start) / 16 * 16
            var lanes = [Double](repeating: 0, count: 16)
            for i in start..<whole { lanes[(i - start) % 16] += a[i] * b[i] }
            let both = (0..<8).map { lanes[$0] + lanes[$0 + 8] }
            var sum = ((both[0] + both[4]) + (both[2] + both[6])) + ((both[1] + both[5]) + (both[3] + both[7]))
            for i in whole..<end { sum += a[i] * b[i] }
            total += sum
        }
        return total
    }

    /// Chunks, not threads, say in which order is added up.
    @Test(arguments: [ElementType.f64, .f32])
    func threadsGiveTheSameBits(_ type: ElementType) throws {
        for count in [100, 8193, 100_003, 3_000_001] {
            let expected = try bits(HostSpace(type, count: count))
            for threads in 1...4 {
                let space = HostSpace(type, count: count, threads: ThreadPool(threads: threads))
                for _ in 0..<3 { #expect(try bits(space) == expected, "\(type), \(count), \(threads) threads") }
            }
        }
    }

    /// Of everything that threads share.
    private func bits(_ space: HostSpace) throws -> [[UInt8]] {
        let a = Numbers(space.type, space.count, seed: 1)
        let b = Numbers(space.type, space.count, seed: 2)
        let vectors: [Vector] = try (0..<6).map { index in
            let vector = try space.makeVector()
            vector.copy(from: index % 2 == 0 ? a.start : b.start)
            return vector
        }
        let out = try (0..<3).map { _ in try space.makeVector() }
        var sums = [space.dot(a.start, b.start)]
        sums += space.dots(vectors.suffix(5), each: vectors.prefix(3).map { UnsafeRawPointer($0.pointer) })
        space.combine(vectors, [0.3, -1e3, 0, 7, 1e-9, 2], adding: false, into: out[0].pointer)
        space.move(a.start, by: 0.3, along: b.start, into: out[1].pointer)
        space.scale(a.start, by: 0.7, into: out[2].pointer)
        withExtendedLifetime((a, b)) {}
        return [sums.withUnsafeBytes { Array($0) }] + out.map { Array($0.bytes) }
    }

    @Test(arguments: [ElementType.f64, .f32])
    func sumsDoNotDependOnAlignment(_ type: ElementType) {
        for count in [1, 7, 8, 31, 100, 5000] {
            let space = HostSpace(type, count: count)
            let a = Numbers(type, count, seed: 1)
            let b = Numbers(type, count, seed: 2)
            let dot = space.dot(a.start, b.start)
            for shift in 0..<17 {
                for other in [0, 3, 8] {
                    let x = Numbers(type, count, seed: 1, shift: shift)
                    let y = Numbers(type, count, seed: 2, shift: other)
                    #expect(space.dot(x.start, y.start) == dot)
                    #expect(space.dot(y.start, x.start) == dot)
                }
            }
        }
    }

    @Test(arguments: [ElementType.f64, .f32])
    func updatesRoundOnceAnOperation(_ type: ElementType) {
        for count in Self.counts {
            for t in [0.3, -1e-3, 1] {
                let space = HostSpace(type, count: count)
                let x = Numbers(type, count, seed: 1)
                let before = Numbers(type, count, seed: 1)
                let d = Numbers(type, count, seed: 2, shift: 1)
                let out = Numbers(type, count, seed: 3, shift: 2)
                out.start.storeBytes(of: 42, toByteOffset: count * type.size, as: UInt8.self)
                func isMoved(_ numbers: Numbers) -> Bool {
                    numbers.equals(f64: { before[$0] + t * d[$0] }) {
                        Float(before[$0]) + Float(t) * Float(d[$0])
                    }
                }
                space.move(x.start, by: t, along: d.start, into: out.start)
                #expect(isMoved(out), "\(type), \(count)")
                space.move(x.start, by: t, along: d.start, into: x.start)
                #expect(isMoved(x), "\(type), \(count), in place")
                space.scale(d.start, by: t, into: out.start)
                #expect(out.equals(f64: { t * d[$0] }) { Float(t) * Float(d[$0]) }, "\(type), \(count)")
                #expect(out.start.load(fromByteOffset: count * type.size, as: UInt8.self) == 42)
            }
        }
    }

    /// <dx, dg> and its kin reach a policy through one fused pass.
    @Test(arguments: [ElementType.f64, .f32])
    func secantSumsAreExactToRounding(_ type: ElementType) throws {
        for count in Array(1...40) + [4096, 4100, 10_007] {
            let start = Numbers(type, count, seed: 1)
            let curvatures = Numbers(.f64, count, seed: 2)
            let problem = Problem(type, start: (0..<count).map { start[$0] }) { _ in
                1
            } gradient: { x in
                x.indices.map { i -> Double in curvatures[i] * x[i] }
            }
            var gradients: [[Double]] = []
            weak var trainer: Trainer?
            let policy = ClosurePolicy(needs: [.secant, .acceptsFirst]) { iterate in
                let gradient = problem.gradient(problem.read(trainer!.current.x))
                gradients.append(type == .f64 ? gradient : gradient.map { Double(Float($0)) })
                if gradients.count == 2 { expectSums(iterate, gradients[0], gradients[1], step: 0.125) }
                return 0.125
            }
            let training = try Trained(problem, policy, "stop.iterations=2")
            trainer = training.trainer
            try training.run()
            #expect(gradients.count == 2)
        }
    }

    private func expectSums(_ iterate: IterateScalars, _ before: [Double], _ now: [Double], step: Float80) {
        var (norm2, cross, change2, size) = (Float80(0), Float80(0), Float80(0), Float80(0))
        for (p, g) in zip(before, now) {
            let change = Float80(g) - Float80(p)
            norm2 += Float80(g) * Float80(g)
            cross += Float80(p) * change
            change2 += change * change
            size += abs(Float80(p) * change)
        }
        let accuracy: Float80 = 1e-13
        #expect(abs(Float80(iterate.gradient_norm2) - norm2) <= accuracy * norm2)
        #expect(abs(Float80(iterate.dx_dg) + step * cross) <= accuracy * step * size)
        #expect(abs(Float80(iterate.dg_norm2) - change2) <= accuracy * change2)
    }
}
