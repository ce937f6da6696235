import CEos
import EosCore
import Testing

/// A measurement of the sharpness that takes many products, saved and loaded between any two of them.
@Suite struct InterruptedMeasurementTests {
    /// 40 eigenvalues, the third of them twice.
    private static let values = [9, 8.5, 7, 7] + (4..<40).map { 6 - 0.1 * Double($0) }

    @Test(arguments: [1, 4], [true, false])
    func itEndsAsIfItHadNeverStopped(_ count: Int, _ curvature: Bool) throws {
        let training = Training(
            id: "constant", keys: "step=0.01",
            settings: "stop.iterations=2 sharpness.every=1 sharpness.count=\(count) sharpness.tolerance=1e-5",
            curvature: curvature)
        let whole = try training.run(.quadratic(.f64, Self.values))
        #expect(whole.pairs.count == count)
        let difference = try training.interrupted(.quadratic(.f64, Self.values)).difference(from: whole)
        #expect(difference == nil)
    }
}
