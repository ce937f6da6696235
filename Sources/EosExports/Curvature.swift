import CEos
import EosCore

@c @implementation
public func eos_sharpness(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ options: UnsafePointer<eos_sharpness_options>!,
    _ eigenvalues: UnsafeMutablePointer<eos_eigenvalue>!, _ vectors: UnsafeMutableRawPointer!,
    _ products: UnsafeMutablePointer<Int64>!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let space = handle.objective.space
        var given = eos_sharpness_options()
        if let options { given = try readStruct(options, "options", as: given) }
        let out = try required(eigenvalues, "eigenvalues")
        let curvature = try ObjectiveCurvature(handle.objective, at: try required(x, "x"))
        let resolved = try given.resolve(dimension: space.count)
        let process = try curvature.leading(resolved, start: try given.startVectors(resolved.count, in: space))
        // Every entry is written: fewer products than eigenvalues wanted find fewer of them.
        for i in 0..<resolved.count {
            out[i] = eos_eigenvalue(value: .nan, residual: .infinity, converged: 0, reserved: 0)
        }
        for (i, pair) in process.pairs.enumerated() {
            out[i] = eos_eigenvalue(
                value: pair.value, residual: pair.residual, converged: pair.converged ? 1 : 0, reserved: 0)
        }
        if let vectors {
            vectors.initializeMemory(as: UInt8.self, repeating: 0, count: resolved.count * space.bytes)
            for (i, vector) in try process.vectors(process.pairs.count).enumerated() {
                (vectors + i * space.bytes).copyMemory(from: vector.pointer, byteCount: space.bytes)
            }
        }
        if let products { products.pointee = Int64(process.products) }
    }
}

extension eos_sharpness_options {
    fileprivate func resolve(dimension: Int) throws(EosError) -> LeadingEigenvalues.Options {
        let count = count == 0 ? 1 : Int(self.count)
        guard (1...dimension).contains(count) else {
            throw EosError(
                EOS_E_INVALID, "options->count is \(count); it must be 1 to the dimension, \(dimension), or 0 for 1")
        }
        guard tolerance >= 0, max_products >= 0, max_basis >= 0 else {
            throw EosError(
                EOS_E_INVALID,
                "options: tolerance \(tolerance), max_products \(max_products), max_basis \(max_basis) must not be "
                    + "negative; give 0 for the default")
        }
        return LeadingEigenvalues.Options(
            count: count, tolerance: tolerance == 0 ? 1e-3 : tolerance,
            maxProducts: max_products == 0 ? 100 : Int(max_products), maxBasis: max_basis == 0 ? nil : Int(max_basis),
            seed: seed)
    }

    fileprivate func startVectors(_ count: Int, in space: HostSpace) throws(EosError) -> [Vector] {
        guard let start else { return [] }
        var vectors: [Vector] = []
        for i in 0..<count {
            let vector = try space.makeVector()
            vector.copy(from: start + i * space.bytes)
            vectors.append(vector)
        }
        return vectors
    }
}

@c @implementation
public func eos_spectrum(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ probes: Int64, _ steps: Int64, _ seed: UInt64,
    _ nodes: UnsafeMutablePointer<Double>!, _ weights: UnsafeMutablePointer<Double>!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let nodes = try required(nodes, "nodes")
        let weights = try required(weights, "weights")
        let curvature = try ObjectiveCurvature(handle.objective, at: try required(x, "x"))
        let density = try curvature.spectrum(probes: Int(probes), steps: Int(steps), seed: seed)
        for probe in 0..<Int(probes) {
            for step in 0..<Int(steps) {
                let known = step < density.nodes[probe].count
                nodes[probe * Int(steps) + step] = known ? density.nodes[probe][step] : 0
                weights[probe * Int(steps) + step] = known ? density.weights[probe][step] : 0
            }
        }
    }
}
