import CEos

/// Saving and loading the whole state, between any two requests.
///
/// Parameters are stored as arrays under the names of the objective's blocks where these cover the whole vector, else
/// as "parameters", so that other readers of safetensors find the layers; everything else is under "eos.".
extension Trainer {
    private static let kind = "eos.trainer/2"

    /// The state; it borrows the trainer's vectors and is to be written before the trainer advances.
    ///
    /// - Parameter objective: gives its own state, where it has one.
    public func save(_ objective: (any Objective)? = nil) throws(EosError) -> StateDocument {
        let document = StateDocument()
        document.metadata["eos.kind"] = Self.kind
        document.metadata["eos.iteration"] = String(state.iterate.iteration)
        document.metadata.merge(identity.metadata) { _, new in new }
        document.add("eos.policy", bytes: try policy.save())
        if let state = try objective?.save() { document.add("eos.objective", bytes: state) }
        var writer = FieldWriter(document)
        var written = state
        try describe(&written, to: &writer)
        document.add("eos.trainer", bytes: writer.encoder.bytes)
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
        _ saved: SavedState, _ objective: (any Objective)? = nil, check: LoadCheck? = nil
    ) throws(EosError) {
        guard try saved.text("eos.kind") == Self.kind else {
            throw EosError(EOS_E_FORMAT, "the saved state is a \(try saved.text("eos.kind")), not a \(Self.kind)")
        }
        let check = check ?? settings.loadCheck
        if check != .none { try require(try saved.identity, check) }
        let loaded = try read(saved)
        var claim: Claim?
        if check != .none, !loaded.phase.isStarting, !loaded.hasFailed {
            claim = Claim(x: loaded.x, value: loaded.iterate.value, gradient: loaded.gradient)
        }
        try loadParts(saved, objective, claim)
        // Nothing from here on can fail.
        adopt(loaded)
    }

    private func read(_ saved: SavedState) throws(EosError) -> State {
        let scalars = try saved.bytes("eos.trainer")
        let result = scalars.withUnsafeBytes { bytes -> Result<State, EosError> in
            do throws(EosError) {
                var loaded = state
                loaded.stopwatch = Stopwatch()
                var reader = FieldReader(saved, space, scalars: bytes)
                try describe(&loaded, to: &reader)
                try reader.decoder.finish()
                return .success(loaded)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Policy and objective take their states; where one of them is refused, or the objective is another one, both go
    /// back to what they were.
    private func loadParts(_ saved: SavedState, _ objective: (any Objective)?, _ claim: Claim?) throws(EosError) {
        let before = (policy: try policy.save(), objective: try objective?.save())
        do throws(EosError) {
            try saved.withTensor("eos.policy", .u8) { bytes throws(EosError) in try policy.load(bytes) }
            guard let objective else { return }
            try loadState(of: objective, saved)
            guard let claim else { return }
            try compare(claim, with: objective)
            // The evaluation leaves no trace in it.
            try loadState(of: objective, saved)
        } catch {
            try? before.policy.withUnsafeBytes { try policy.load($0) }
            try? before.objective?.withUnsafeBytes { try objective?.load($0) }
            throw error
        }
    }

    private func loadState(of objective: any Objective, _ saved: SavedState) throws(EosError) {
        guard saved.contains("eos.objective") else { return }
        try saved.withTensor("eos.objective", .u8) { bytes throws(EosError) in try objective.load(bytes) }
    }

    /// Goes on from `loaded`, with what follows from it and is not saved.
    private func adopt(_ loaded: State) {
        let isTimed = state.stopwatch.isRunning
        state = loaded
        if isTimed { state.stopwatch.start() }
        isAsked = false
        lastSearch = (state.counts.trials, state.accepted.reason)
        evaluations = EvaluationIDs(trialIndex: max(Int(state.trial.index), state.tried.count))
        arrivals = 1
        switch state.phase {
        case .starting:
            arrivals = 0
        case .arrived:
            break
        case .measuring(let measurement):
            if state.iterate.iteration == 0 { arrivals = 0 }
            formDisplaced(measurement.product)
        case .curving(let curving):
            formDisplaced(curving.product)
        case .trying, .safeguarding:
            formSteepest()
            formTrialPoint(state.trial.step)
        case .descending:
            formSteepest()
            formTrialPoint(state.accepted.step)
        }
    }
}

extension Trainer {
    /// How `x` is saved: as the blocks, where they cover the vector from end to end in order; else in one piece.
    var layout: [StatePart] {
        let whole = [StatePart(name: "parameters", offset: 0, shape: [space.count])]
        var end = 0
        for block in blocks {
            guard block.offset == end, !block.name.hasPrefix("eos.") else { return whole }
            end += block.shape.reduce(1, *)
        }
        guard end == space.count, Set(blocks.map(\.name)).count == blocks.count else { return whole }
        return blocks.map { StatePart(name: $0.name, offset: $0.offset, shape: $0.shape) }
    }

    /// The parameters alone of a state saved by a trainer with this layout.
    public static func parameters(
        of saved: SavedState, for objective: any Objective
    ) throws(EosError) -> Vector {
        let trainer = try Trainer(
            objective: objective, policy: ConstantStep(step: 1), settings: try TrainerSettings())
        return try saved.vector(trainer.layout, trainer.space)
    }
}
