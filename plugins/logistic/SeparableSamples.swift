import CEos
import EosPluginKit

/// Samples that a plane through the origin separates with at least a given margin.
///
/// From the stream of `generator_seed`, in this order: the plane's normal u, `dimension` standard normals, made a unit
/// vector; then every sample, row by row, uniform in [-1, 1)^dimension. Its label is the sign of u.x; it is then moved
/// by `margin` along u, away from the plane.
struct SeparableSamples {
    static let parameters: [SchemaKey] = [
        .integer("samples", in: 1...(.max), "number of generated samples, by default 200; not allowed with data.*"),
        .integer(
            "dimension", in: 1...(.max),
            "number of features of generated samples, by default 2; not allowed with data.*"),
        .number(
            "margin", in: 0...1e6,
            "least distance of generated samples to the separating plane, by default 0.1; not allowed with data.*"),
        .integer("generator_seed", in: 0...(.max), "seed of generated samples, by default 7; not allowed with data.*"),
    ]

    let dimension: Int
    let signs: [Double]
    let inputs: Buffer<Double>

    init(configuration: ConfigReader, host: HostServices) throws {
        let count = try configuration.integer(ifSet: "samples") ?? 200
        dimension = try configuration.integer(ifSet: "dimension") ?? 2
        let margin = try configuration.number(ifSet: "margin") ?? 0.1
        let seed = try UInt64(configuration.integer(ifSet: "generator_seed") ?? 7)
        let (size, overflow) = count.multipliedReportingOverflow(by: dimension)
        guard !overflow else {
            throw PluginError.memory(
                "samples = \(count) times dimension = \(dimension) exceeds the memory; give smaller numbers")
        }
        let normal = try Buffer<Double>(count: dimension)
        inputs = try Buffer(count: size)
        host.normal(seed: seed, into: normal.elements)
        let norm = normal.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for j in 0..<dimension { normal[j] /= norm }
        // A normal number uses two counters.
        host.uniform(in: -1...1, seed: seed, first: 2 * UInt64(dimension), into: inputs.elements)

        var signs: [Double] = []
        signs.reserveCapacity(count)
        for i in 0..<count {
            let row = i * dimension
            var height = 0.0
            for j in 0..<dimension { height += normal[j] * inputs[row + j] }
            let sign = height < 0 ? -1.0 : 1.0
            for j in 0..<dimension { inputs[row + j] += sign * margin * normal[j] }
            signs.append(sign)
        }
        self.signs = signs
    }

    /// With data of the user's own these keys would be left unread.
    static func refuseKeys(in configuration: ConfigReader) throws {
        var given = try ["samples", "dimension", "generator_seed"].filter {
            try configuration.integer(ifSet: $0) != nil
        }
        if try configuration.number(ifSet: "margin") != nil { given.append("margin") }
        if let key = given.first {
            throw PluginError.configuration(
                "\(key) is for generated samples, but data.* replaces them; remove one of the two")
        }
    }
}
