import CEos
import EosCore
import EosForeign
import EosPluginHost
import TestSupport

/// An objective of a manifest, and its values as numbers of Swift.
struct ObjectiveLab {
    let objective: any Objective

    static let c = Result { try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"]) }
    static let fortran = Result { try BuiltFixture.build("Tests/Fixtures/foreign.f90") }

    /// - Parameter text: without the lines before the first table.
    static func manifest(_ library: String, _ text: String) throws(EosError) -> Manifest {
        try Manifest(text: head(library) + text, file: "test.toml")
    }

    /// Three lines.
    static func head(_ library: String) -> String {
        "id = \"org.example.test\"\nlicence = \"MIT\"\nversion = \"1\"; library = \"\(library)\"\n"
            .replacing("; ", with: "\n")
    }

    /// - Parameter settings: "size=3 dtype=f32".
    init(_ library: String, _ text: String, _ settings: String = "") throws {
        var catalogue = Catalogue()
        let manifest = try Self.manifest(library, text)
        try catalogue.add(try ForeignLibrary.load(manifest))
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        objective = try catalogue.makeObjective(manifest.objectives[0].id, configuration, host: Host(threads: 1))
    }

    var count: Int { objective.space.count }
    var isSingle: Bool { objective.space.type == .f32 }

    func start(seed: UInt64 = 0) throws -> [Double] {
        try vector { try objective.initialPoint(seed: seed, into: $0) }
    }

    /// Value, and gradient where it is wanted; guards around the gradient tell what writes past it.
    func evaluate(
        _ x: [Double], gradient: Bool = true, value: Bool = true
    ) throws -> (status: Int32, value: Double, gradient: [Double]) {
        var result = Double.nan
        var status: Int32 = 0
        let want = (gradient ? EOS_WANT_GRADIENT : 0) | (value ? EOS_WANT_VALUE : 0)
        let g = try vector { g in
            withVector(x) { x in
                status = objective.evaluate(
                    at: x, want: UInt32(want), gradient: gradient ? g : nil, evaluation: 1, value: &result)
            }
        }
        return (status, result, g)
    }

    func product(_ x: [Double], _ v: [Double]) throws -> [Double] {
        try vector { out in
            try withVector(x) { x in
                let curvature = try ObjectiveCurvature(objective, at: x)
                try withVector(v) { v in try curvature.multiply(v, into: out) }
            }
        }
    }

    private func vector(_ fill: (UnsafeMutableRawPointer) throws -> Void) throws -> [Double] {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: (count + 2) * 8, alignment: 64)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0xaa, count: (count + 2) * 8)
        let size = objective.space.type.size
        try fill(memory + size)
        let guards = [memory, memory + (count + 1) * size].map { guarded in
            (0..<size).allSatisfy { guarded.load(fromByteOffset: $0, as: UInt8.self) == 0xaa }
        }
        guard guards == [true, true] else { throw Overrun() }
        return (1...count).map { i in
            isSingle
                ? Double(memory.load(fromByteOffset: 4 * i, as: Float.self))
                : memory.load(fromByteOffset: 8 * i, as: Double.self)
        }
    }

    private func withVector(_ x: [Double], _ body: (UnsafeRawPointer) throws -> Void) rethrows {
        if isSingle {
            try x.map(Float.init).withUnsafeBytes { try body($0.baseAddress!) }
        } else {
            try x.withUnsafeBytes { try body($0.baseAddress!) }
        }
    }

    /// The largest difference between the gradient and central differences of the values.
    func gradientError(_ x: [Double], step: Double = 1e-5) throws -> Double {
        let gradient = try evaluate(x).gradient
        return try x.indices.map { i in
            var (above, below) = (x, x)
            above[i] += step
            below[i] -= step
            let slope =
                (try evaluate(above, gradient: false).value - evaluate(below, gradient: false).value) / (2 * step)
            return abs(slope - gradient[i])
        }.max()!
    }

    /// Trains with a policy of eos, and gives the value at the end.
    func train(_ policy: String = "ls", iterations: Int = 2000, gradientNorm: Double = 1e-6) throws -> Double {
        var settings = Configuration()
        try settings.set(assignments: "stop.iterations=\(iterations) stop.gradient_norm=\(gradientNorm) stop.loss=-inf")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind(policy)!.make(), settings: TrainerSettings(settings))
        try trainer.run(objective)
        return trainer.best.value
    }
}

/// Whether two lists agree to `tolerance` times their size.
func agree(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

/// A vector had something written before or after it.
struct Overrun: Error {}
