import CTriad
import EosCore

/// Bytes a second that vectors in f64 pass at, beside STREAM's triad over the same memory.
final class Bandwidth {
    private let space: HostSpace
    private let vectors: [Vector]

    init(count: Int) throws {
        let space = HostSpace(.f64, count: count)
        self.space = space
        vectors = try (0..<3).map { _ in try space.makeVector() }
        for vector in vectors { space.fill(vector.pointer) { 1 + 1e-9 * Double($0) } }
    }

    /// Bytes as STREAM counts them: each number that is read or written once.
    func measure(_ kind: String) -> Double {
        let (a, b, c) = (vectors[0].pointer, vectors[1].pointer, vectors[2].pointer)
        let bytes = Double(space.bytes)
        switch kind {
        case "axpy": return 3 * bytes / seconds { space.move(b, by: 1e-9, along: c, into: b) }
        case "dot":
            var sum = 0.0
            let time = seconds { sum = space.dot(b, c) }
            precondition(sum > 0)
            return 2 * bytes / time
        default:
            func numbers(_ p: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Double> {
                p.assumingMemoryBound(to: Double.self)
            }
            return 3 * bytes / seconds { stream_triad(numbers(a), numbers(b), numbers(c), 3, Int64(space.count)) }
        }
    }
}
