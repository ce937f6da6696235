import CEos

/// What a state consists of, said once: a writer saves it, a reader loads it.
extension Trainer {
    /// Names every field of `state` to `coder`. A reader sets each of them; the objects that it makes are new, so that
    /// those of the state before stay what they are.
    func describe<Coder: FieldCoder>(_ state: inout State, to coder: inout Coder) throws(EosError) {
        try coder.vector(layout, &state.x)
        try coder.vector("eos.gradient", &state.gradient)
        var kind = state.phase.kind
        try coder.code(&kind, "phase")
        try coder.bool(&state.bestIsCurrent)
        if state.bestIsCurrent {
            try coder.none("eos.best")
        } else {
            try coder.vector("eos.best", &state.bestPoint)
        }
        try coder.count(&state.bestIteration)
        try describe(stop: &state, to: &coder)
        try coder.integer(&state.iterate.iteration, in: 0...1 << 62)
        try coder.numbers(&state.iterate, State.scalars)
        try describe(search: &state, to: &coder)
        try coder.count(&state.counts.values)
        try coder.count(&state.counts.gradients)
        try coder.count(&state.counts.products)
        try coder.count(&state.counts.failures)
        try coder.count(&state.counts.trials)
        try coder.numbers(&state, [\.lastUpdate, \.seconds, \.relativeChange, \.firstGradientNorm])
        try coder.numbers(&state.stall, [\.value, \.gradientNorm])
        try coder.count(&state.stall.iterations)
        try coder.count(&state.stall.failures)
        try coder.bool(&state.stall.isBroken)
        try coder.code(&state.stall.stop, "stop reason")
        try describe(sharpness: &state.sharpness, to: &coder)
        try describe(phase: kind, of: &state, to: &coder)
    }

    private func describe<Coder: FieldCoder>(stop state: inout State, to coder: inout Coder) throws(EosError) {
        try coder.code(&state.stop, "stop reason")
        var message = state.failure?.message
        var status = state.failure.map { "\($0.status)" }
        try coder.text("eos.failure", &message)
        try coder.text("eos.failure.status", &status)
        guard Coder.reads else { return }
        let known = status.flatMap { Int($0) } ?? 0
        let usual = state.stop == .nonfinite ? EOS_E_NONFINITE : EOS_E_FAILED
        let failure = EosError(known < 0 ? known : usual, message ?? "the training failed before it was saved")
        state.failure = state.hasFailed ? failure : nil
    }

    private func describe<Coder: FieldCoder>(search state: inout State, to coder: inout Coder) throws(EosError) {
        try coder.integer(&state.trial.index, in: -1...Self.mostTrials)
        var isFinite = state.trial.finite != 0
        try coder.bool(&isFinite)
        state.trial.finite = isFinite ? 1 : 0
        try coder.numbers(&state.trial, [\.step, \.value])
        var steps = state.tried.map(\.step)
        var values = state.tried.map(\.value)
        try coder.numbers(&steps, count: nil)
        try coder.numbers(&values, count: steps.count)
        // Of the trials before, and of the last one.
        var slopes = [Double](repeating: .nan, count: steps.count + 1)
        if needs.contains(.trialSlope) {
            if !Coder.reads { slopes = state.tried.map(\.slope) + [state.trial.slope] }
            try coder.numbers(&slopes, count: steps.count + 1)
        }
        state.tried = steps.indices.map { Tried(step: steps[$0], value: values[$0], slope: slopes[$0]) }
        state.trial.slope = slopes[steps.count]
        try coder.numbers(&state.accepted, [\.step, \.value])
        try coder.code(&state.accepted.reason, "reason")
    }

    private func describe<Coder: FieldCoder>(
        sharpness: inout Sharpness, to coder: inout Coder
    ) throws(EosError) {
        try coder.integer(&sharpness.iteration, in: -1...1 << 62)
        try coder.pairs(&sharpness.pairs)
    }

    /// What lives in the phase, and the history, whose direction a curvature under way is that of.
    private func describe<Coder: FieldCoder>(
        phase kind: Phase.Kind, of state: inout State, to coder: inout Coder
    ) throws(EosError) {
        var isDifferenced = state.phase.isDifferenced
        var isSampling = state.phase.isSampling
        try coder.bool(&isDifferenced)
        try coder.bool(&isSampling)
        guard !isSampling || (sampledProducts && kind == .measuring) else {
            throw EosError(
                EOS_E_FORMAT,
                "the saved state was saved while measuring a part of the samples, but this objective has no parts")
        }
        if let history = state.history {
            let described = Coder.reads ? try History(space, limit: history.limit) : history
            let isDirected = [.curving, .trying, .safeguarding, .descending].contains(kind)
            try described.describe(to: &coder, gradient: state.gradient, isDirected: isDirected)
            state.history = described
        }
        try coder.vectors("eos.sharpness.warm", &state.warmVectors)
        if Coder.reads { state.phase = try phase(kind, isSampling: isSampling, at: state) }
        if case .measuring(let measurement) = state.phase {
            try measurement.eigenvalues.describe(to: &coder)
            if Coder.reads { measurement.product = try product(for: measurement.eigenvalues, at: state.x) }
        }
        guard isDifferenced == state.phase.isDifferenced else {
            throw EosError(EOS_E_FORMAT, "the saved state does not name the product that was in progress")
        }
        switch state.phase {
        case .measuring(let measurement):
            try describe(measurement.product, into: &measurement.eigenvalues.image, to: &coder)
        case .curving(let curving):
            try describe(curving.product, into: &curving.out, to: &coder)
        case .starting, .arrived, .trying, .safeguarding, .descending:
            break
        }
    }

    private func describe<Coder: FieldCoder>(
        _ product: Product, into out: inout Vector, to coder: inout Coder
    ) throws(EosError) {
        guard case .differenced(let difference, _) = product else { return }
        try difference.describe(to: &coder)
        // The first of two gradients lies where the product will.
        if difference.isHalf { try coder.vector("eos.product", &out) }
    }

    /// The phase at its beginning.
    private func phase(_ kind: Phase.Kind, isSampling: Bool, at state: State) throws(EosError) -> Phase {
        switch kind {
        case .starting: return .starting
        case .arrived: return .arrived
        case .trying: return .trying
        case .safeguarding: return .safeguarding
        case .descending: return .descending
        case .curving: return .curving(try curving(at: state, into: try space.makeVector()))
        case .measuring:
            let options = isSampling ? .ofSample(sharpnessOptions) : sharpnessOptions
            return .measuring(
                Measurement(
                    try LeadingEigenvalues(space, options: options), isSampling: isSampling, product: .exact))
        }
    }
}

extension Trainer.Phase {
    fileprivate var isDifferenced: Bool {
        if case .differenced? = product { true } else { false }
    }

    fileprivate var isSampling: Bool {
        if case .measuring(let measurement) = self { measurement.isSampling } else { false }
    }
}
