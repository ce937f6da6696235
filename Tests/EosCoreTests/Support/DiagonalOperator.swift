import EosCore

/// A diagonal operator on long vectors, without arrays in between.
struct DiagonalOperator {
    let values: [Double]
    let space: HostSpace

    init(_ values: [Double]) {
        self.values = values
        space = HostSpace(.f64, count: values.count)
    }

    /// As the Hessians of networks: ten outliers from `top` down to 0.6, the first at place 0, over a bulk around zero of
    /// width `bulk`; and one of its eigenvalues, at place n/2, that may overtake them.
    static func outliers(_ n: Int, bulk: Double, top: Double = 1, overtaking: Double) -> DiagonalOperator {
        let random = Random(seed: 17)
        var values = (0..<n).map { bulk * (2 * random.uniform(UInt64($0)) - 1) }
        for k in 0..<10 { values[k] = top - 0.04 * Double(k) }
        values[n / 2] = overtaking
        return DiagonalOperator(values)
    }

    /// The i-th unit vector.
    func unit(_ i: Int) throws -> Vector {
        let vector = try space.makeVector()
        space.fill(vector.pointer) { $0 == i ? 1 : 0 }
        return vector
    }

    func leading(_ options: LeadingEigenvalues.Options, start: [Vector] = []) throws -> LeadingEigenvalues {
        let process = try LeadingEigenvalues(space, start: start, options: options)
        values.withUnsafeBufferPointer { values in
            while !process.isFinished {
                let v = process.direction.assumingMemoryBound(to: Double.self)
                let out = process.product.assumingMemoryBound(to: Double.self)
                for i in values.indices { out[i] = values[i] * v[i] }
                guard (try? process.absorb()) == true else { return }
            }
        }
        return process
    }
}
