import CEos

/// The value that a trial is held against in the test of sufficient decrease: f itself, or something not smaller.
struct Reference {
    enum Kind {
        /// f: no step ascends, but for rounding (Armijo 1966).
        case monotone
        /// The largest of the last `memory` values (Grippo, Lampariello, Lucidi 1986).
        case maximum(memory: Int)
        /// A running mean: Q' = xi Q + 1, C' = (xi Q C + f)/Q' (Zhang, Hager 2004); never below f.
        case mean(xi: Double)
    }

    let kind: Kind
    /// The last values, the newest last, for `.maximum`; Q and C for `.mean`.
    private var memory: [Double] = []

    init(_ kind: Kind) { self.kind = kind }

    /// Takes in the value at a new iterate and gives the reference there.
    mutating func update(_ value: Double) -> Double {
        switch kind {
        case .monotone:
            return value
        case .maximum(let length):
            if memory.count == length { memory.removeFirst() }
            memory.append(value)
            return memory.max()!
        case .mean(let xi):
            if memory.isEmpty { memory = [0, 0] }
            let weight = xi * memory[0] + 1
            memory[1] = (xi * memory[0] * memory[1] + value) / weight
            memory[0] = weight
            return max(memory[1], value)
        }
    }

    mutating func reset() { memory.removeAll(keepingCapacity: true) }

    func save(to encoder: inout StateEncoder) {
        encoder.encode(kind.code)
        encoder.encode(memory)
    }

    mutating func load(from decoder: inout StateDecoder) throws(EosError) {
        let code = try decoder.integer()
        let saved = try decoder.doubles()
        let fits =
            switch kind {
            case .monotone: saved.isEmpty
            case .maximum(let length): saved.count <= length
            case .mean: saved.isEmpty || saved.count == 2
            }
        guard code == kind.code, fits else {
            throw EosError(EOS_E_FORMAT, "the saved state of the policy belongs to another line search")
        }
        memory = saved
    }
}

extension Reference.Kind {
    /// Which one it is, in saved states.
    fileprivate var code: Int {
        switch self {
        case .monotone: 0
        case .maximum: 1
        case .mean: 2
        }
    }
}
