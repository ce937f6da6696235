import EosCore
import Testing

@Suite struct NormTests {
    /// |a| by extended precision, whose exponents hold every square.
    private func exact(_ a: [Double]) -> Double {
        Double(a.reduce(0 as Float80) { $0 + Float80($1) * Float80($1) }.squareRoot())
    }

    private func norm(_ a: [Double], threads: ThreadPool? = nil) -> Double {
        a.withUnsafeBytes { HostSpace(.f64, count: a.count, threads: threads).norm($0.baseAddress!) }
    }

    @Test(arguments: [1, 15, 1000, 100_003])
    func normsHoldFromTheSmallestToTheLargestNumber(_ n: Int) {
        let random = Random(seed: 5)
        let a = (0..<n).map { 2 * random.uniform(UInt64($0)) - 1 }
        let threads = ThreadPool(threads: 3)
        for scale in [
            1e4 * .leastNonzeroMagnitude, 1e-308, 1e-300, 1e-200, 1e-160, 1e-150, 1e-100, 1, 1e100, 1e150, 1e160,
            1e300, 1e305,
        ] {
            let scaled = a.map { $0 * scale }
            let result = norm(scaled)
            #expect(abs(result - exact(scaled)) <= 1e-14 * exact(scaled) + .leastNonzeroMagnitude, "\(n), \(scale)")
            #expect(norm(scaled, threads: threads) == result)
        }
        let space = HostSpace(.f64, count: n)
        a.withUnsafeBytes { #expect(space.norm($0.baseAddress!) == space.norm2($0.baseAddress!).squareRoot()) }
    }

    @Test func whatIsNotFiniteStaysSo() {
        #expect(norm([0, 0]) == 0)
        #expect(norm([1e300, .infinity]) == .infinity)
        #expect(norm([1e300, .nan]).isNaN)
        #expect(norm([1e-300, .nan]).isNaN)
        #expect(norm([.greatestFiniteMagnitude]) == .greatestFiniteMagnitude)
        #expect(norm([.leastNonzeroMagnitude]) == .leastNonzeroMagnitude)
        // The norm itself is too large.
        #expect(norm([.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == .infinity)
    }

    @Test func floatsOfAnySizeHaveNorms() {
        for scale in [30 * Float.leastNonzeroMagnitude, 1e-38, 1, 1e38] {
            let a = [3 * scale, -2 * scale]
            let exact = (Double(a[0]) * Double(a[0]) + Double(a[1]) * Double(a[1])).squareRoot()
            a.withUnsafeBytes { bytes in
                #expect(abs(HostSpace(.f32, count: 2).norm(bytes.baseAddress!) / exact - 1) < 1e-15)
                #expect(HostSpace(.f32, count: 2).largest(bytes.baseAddress!) == Double(3 * scale))
            }
        }
    }
}
