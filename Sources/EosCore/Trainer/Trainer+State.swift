import CEos

/// Saving and loading the whole state, between any two requests.
///
/// Parameters are stored as arrays under the names of the objective's blocks where these cover the whole vector, else
/// as "parameters", so that other readers of safetensors find the layers; everything else is under "eos.".
extension Trainer {
    private static let kind = "eos.trainer/1"

    /// The state; it borrows the trainer's vectors and is to be written before the trainer advances.
    ///
    /// - Parameter objective: gives its own state, where it has one.
    public func save(_ objective: (any Objective)? = nil) throws(EosError) -> StateDocument {
        let document = StateDocument()
        document.metadata["eos.kind"] = Self.kind
        document.metadata["eos.iteration"] = String(iterate.iteration)
        document.metadata.merge(identity.metadata) { _, new in new }
        if let failure {
            document.metadata["eos.failure"] = failure.message
            document.metadata["eos.failure.status"] = String(failure.status)
        }
        for block in layout { document.borrow(tensor(block.name, x, offset: block.offset, shape: block.shape)) }
        document.borrow(tensor("eos.gradient", gradient))
        if !bestIsCurrent { document.borrow(tensor("eos.best", bestPoint)) }
        document.add("eos.policy", bytes: try policy.save())
        if let state = try objective?.save() { document.add("eos.objective", bytes: state) }
        for (i, vector) in (history?.vectors ?? []).enumerated() {
            document.borrow(tensor("eos.history.\(i)", vector))
        }
        for (i, vector) in warmVectors.enumerated() { document.borrow(tensor("eos.sharpness.warm.\(i)", vector)) }

        var encoder = StateEncoder()
        encode(&encoder)
        if let eigenvalues {
            for (i, vector) in eigenvalues.save(to: &encoder).enumerated() {
                document.borrow(tensor("eos.sharpness.basis.\(i)", vector))
            }
        }
        if let difference {
            for (i, vector) in difference.save(to: &encoder).enumerated() {
                document.borrow(tensor("eos.difference.\(i)", vector))
            }
        }
        if difference?.isHalf == true {
            let out = UnsafeRawBufferPointer(start: pendingProduct.out, count: space.bytes)
            document.borrow(
                StateTensor(name: "eos.product", type: element, shape: [space.count], bytes: out))
        }
        document.add("eos.trainer", bytes: encoder.bytes)
        return document
    }

    /// Goes back to a state saved from a trainer with the same objective and policy. On an error nothing has changed.
    ///
    /// - Parameters:
    ///   - objective: takes its own state, where it has one; evaluated at the saved iterate, so that another one is found
    ///     out.
    ///   - check: what must be the same; nil: as the settings say.
    /// - Throws: `EOS_E_FORMAT` for a damaged state and for one of another training, which says in what it differs.
    public func load(
        _ state: SavedState, _ objective: (any Objective)? = nil, check: LoadCheck? = nil
    ) throws(EosError) {
        guard try state.text("eos.kind") == Self.kind else {
            throw EosError(EOS_E_FORMAT, "the saved state is a \(try state.text("eos.kind")), not a \(Self.kind)")
        }
        let check = check ?? settings.loadCheck
        if check != .none { try require(try state.identity, check) }
        let point = try readParameters(state)
        let gradient = try read(state, "eos.gradient")
        let best = state.contains("eos.best") ? try read(state, "eos.best") : nil
        var warm: [Vector] = []
        while state.contains("eos.sharpness.warm.\(warm.count)") {
            warm.append(try read(state, "eos.sharpness.warm.\(warm.count)"))
        }
        let bytes = try state.bytes("eos.trainer")
        let decoded = try decode(bytes, state)
        guard (best == nil) == decoded.bestIsCurrent else {
            throw EosError(EOS_E_FORMAT, "the saved state contradicts itself about its best point")
        }
        let partial = decoded.difference?.isHalf == true ? try read(state, "eos.product") : nil
        try makeProductVectors(for: decoded.phase)
        var claim: Claim?
        if check != .none, decoded.phase != .starting, !decoded.hasFailed {
            claim = Claim(x: point, value: decoded.iterate.value, gradient: gradient)
        }
        try loadParts(state, objective, claim)

        // Nothing below can fail.
        x = point
        self.gradient = gradient
        if let best { bestPoint = best }
        warmVectors = warm
        try adopt(decoded, partial)
    }

    /// Policy and objective take their states; where one of them is refused, or the objective is another one, both go
    /// back to what they were.
    private func loadParts(_ state: SavedState, _ objective: (any Objective)?, _ claim: Claim?) throws(EosError) {
        let before = (policy: try policy.save(), objective: try objective?.save())
        do throws(EosError) {
            try state.withTensor("eos.policy", .u8) { bytes throws(EosError) in try policy.load(bytes) }
            guard let objective else { return }
            try loadState(of: objective, state)
            guard let claim else { return }
            try compare(claim, with: objective)
            // The evaluation leaves no trace in it.
            try loadState(of: objective, state)
        } catch {
            try? before.policy.withUnsafeBytes { try policy.load($0) }
            try? before.objective?.withUnsafeBytes { try objective?.load($0) }
            throw error
        }
    }

    private func loadState(of objective: any Objective, _ state: SavedState) throws(EosError) {
        guard state.contains("eos.objective") else { return }
        try state.withTensor("eos.objective", .u8) { bytes throws(EosError) in try objective.load(bytes) }
    }

    /// The vectors that a product under way needs.
    private func makeProductVectors(for phase: Phase) throws(EosError) {
        guard phase == .curving || phase == .measuring else { return }
        if product == nil { product = try space.makeVector() }
        if displaced == nil, !exactProducts {
            displaced = try space.makeVector()
            displacedGradient = try space.makeVector()
        }
    }

    private func adopt(_ decoded: Decoded, _ partial: Vector?) throws(EosError) {
        difference = nil
        phase = decoded.phase
        iterate = decoded.iterate
        trial = decoded.trial
        tried = decoded.tried
        accepted = decoded.accepted
        counts = decoded.counts
        lastSearch = (counts.trials, accepted.reason)
        sharpness = decoded.sharpness
        eigenvalues = decoded.eigenvalues
        isSampling = decoded.isSampling
        history = decoded.history
        factors = decoded.factors
        bestIsCurrent = decoded.bestIsCurrent
        bestIteration = decoded.bestIteration
        lastUpdate = decoded.lastUpdate
        relativeChange = decoded.relativeChange
        firstGradientNorm = decoded.firstGradientNorm
        stall = decoded.stall
        stop = decoded.stop
        failure = decoded.failure
        isAsked = false
        stopwatch.set(decoded.seconds)
        arrivals = phase == .starting || (phase == .measuring && iterate.iteration == 0) ? 0 : 1
        try restoreRequest(decoded, partial)
    }

    /// What the pending request refers to and is not saved, because it follows from what is.
    private func restoreRequest(_ decoded: Decoded, _ partial: Vector?) throws(EosError) {
        lastEvaluation = EvaluationID.block() + Int64(decoded.tried.count) + 4
        let base = lastEvaluation - Int64(decoded.tried.count)
        evaluations = (base - 1, base - 2, base - 3)
        tried = decoded.tried.enumerated().map { i, one in
            Tried(step: one.step, value: one.value, slope: one.slope, evaluation: base + Int64(i) + 1)
        }
        switch phase {
        case .trying, .safeguarding, .descending:
            restoreDirection()
            formTrialPoint(phase == .descending ? accepted.step : trial.step)
        case .curving, .measuring:
            if phase == .curving {
                restoreDirection()
                try scaleCurved()
            }
            try restoreProduct(decoded.difference, partial)
        case .starting, .arrived:
            break
        }
    }

    private func restoreProduct(_ saved: DifferencedProduct.State?, _ partial: Vector?) throws(EosError) {
        let (v, out) = pendingProduct
        try beginProduct(v)
        guard let saved else { return }
        difference?.restore(saved)
        formDisplaced()
        if let partial { out.copyMemory(from: partial.pointer, byteCount: space.bytes) }
    }
}

extension Trainer {
    private var element: StateTensor.Element { space.type == .f32 ? .f32 : .f64 }

    /// The blocks, where they cover the vector from end to end in order; else one for all of it.
    private var layout: [ObjectiveBlock] {
        var end = 0
        for block in blocks {
            guard block.offset == end, !block.name.hasPrefix("eos.") else { return [whole] }
            end += block.shape.reduce(1, *)
        }
        let names = Set(blocks.map(\.name))
        return end == space.count && names.count == blocks.count ? blocks : [whole]
    }

    private var whole: ObjectiveBlock {
        ObjectiveBlock(name: "parameters", offset: 0, shape: [space.count])
    }

    private func tensor(_ name: String, _ vector: Vector, offset: Int = 0, shape: [Int]? = nil) -> StateTensor {
        let shape = shape ?? [space.count]
        let count = shape.reduce(1, *) * space.type.size
        return StateTensor(
            name: name, type: element, shape: shape,
            bytes: UnsafeRawBufferPointer(start: vector.pointer + offset * space.type.size, count: count))
    }

    private func readParameters(_ state: SavedState) throws(EosError) -> Vector {
        let vector = try space.makeVector()
        for block in layout {
            let count = block.shape.reduce(1, *)
            try state.withTensor(block.name, element, count: count) { bytes in
                if let start = bytes.baseAddress {
                    (vector.pointer + block.offset * space.type.size).copyMemory(from: start, byteCount: bytes.count)
                }
            }
        }
        return vector
    }

    func read(_ state: SavedState, _ name: String) throws(EosError) -> Vector {
        let vector = try space.makeVector()
        try state.withTensor(name, element, count: space.count) { bytes in
            if let start = bytes.baseAddress { vector.copy(from: start) }
        }
        return vector
    }

    /// The parameters alone of a state saved by a trainer with this layout.
    public static func parameters(
        of state: SavedState, for objective: any Objective
    ) throws(EosError) -> Vector {
        let trainer = try Trainer(
            objective: objective, policy: ConstantStep(step: 1), settings: try TrainerSettings())
        return try trainer.readParameters(state)
    }
}
