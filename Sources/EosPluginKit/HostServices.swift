import CEos

/// What the host offers: the log, random numbers, threads, data. Valid as long as the object created with it.
public struct HostServices: @unchecked Sendable {
    /// The host's own table, for what has no method here.
    public let table: UnsafePointer<eos_host>

    public init(table: UnsafePointer<eos_host>) { self.table = table }

    public enum LogLevel: Int32, Sendable {
        case debug = 0, info, warning, error
    }

    /// Writes one line to the run's log.
    public func log(_ message: String, level: LogLevel = .info) {
        message.withCString { table.pointee.log(table, level.rawValue, $0) }
    }

    /// A stop was asked for: an evaluation that takes seconds should look and throw `PluginError.cancelled`.
    public var isCancelled: Bool { table.pointee.cancelled(table) != 0 }

    /// A further table of the host by id, such as "vendor.thing/1"; nil where this host lacks it.
    public func hostExtension(_ id: String) -> UnsafeRawPointer? { table.pointee.get_extension(table, id) }

    /// Calls `body(i)` for every i in `0 ..< count` on the run's threads and returns when all are done.
    ///
    /// Which thread takes which i is not defined: write results to places of i's own and sum them in order afterwards.
    public func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { escaping in
            var body: @Sendable (Int) -> Void = escaping
            withUnsafeMutablePointer(to: &body) { pointer in
                table.pointee.parallel(
                    table, Int64(count),
                    { context, index in
                        context.unsafelyUnwrapped.assumingMemoryBound(to: (@Sendable (Int) -> Void).self)
                            .pointee(Int(index))
                    }, pointer)
            }
        }
    }
}

/// Random numbers by counter: element i depends on seed and `first + i` only, so nothing needs saving but a counter.
extension HostServices {
    /// 64 random bits each: SplitMix64 (Steele, Lea, Flood, 2014) started at `seed`.
    public func randomBits(seed: UInt64, first: UInt64 = 0, into out: UnsafeMutableBufferPointer<UInt64>) {
        table.pointee.random_bits(table, seed, first, Int64(out.count), out.baseAddress)
    }

    /// Uniform in [`range.lowerBound`, `range.upperBound`).
    public func uniform<Scalar: ParameterScalar>(
        in range: ClosedRange<Double> = 0...1, seed: UInt64, first: UInt64 = 0,
        into out: UnsafeMutableBufferPointer<Scalar>
    ) {
        let width = range.upperBound - range.lowerBound
        draw(table.pointee.random_uniform, seed, first, out) { range.lowerBound + width * $0 }
    }

    /// Normal: element i uses the counters `2 (first + i)` and `2 (first + i) + 1`.
    public func normal<Scalar: ParameterScalar>(
        mean: Double = 0, deviation: Double = 1, seed: UInt64, first: UInt64 = 0,
        into out: UnsafeMutableBufferPointer<Scalar>
    ) {
        draw(table.pointee.random_normal, seed, first, out) { mean + deviation * $0 }
    }

    private typealias Generator =
        @convention(c) (UnsafePointer<eos_host>?, UInt64, UInt64, Int64, UnsafeMutablePointer<Double>?) -> Void

    /// In pieces that fit the stack: the numbers arrive in double whatever `Scalar` is.
    private func draw<Scalar: ParameterScalar>(
        _ generator: Generator, _ seed: UInt64, _ first: UInt64, _ out: UnsafeMutableBufferPointer<Scalar>,
        _ transform: (Double) -> Double
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 512) { piece in
            for start in stride(from: 0, to: out.count, by: piece.count) {
                let count = min(piece.count, out.count - start)
                generator(table, seed, first &+ UInt64(start), Int64(count), piece.baseAddress)
                for i in 0..<count { out[start + i] = Scalar(transform(piece[i])) }
            }
        }
    }
}
