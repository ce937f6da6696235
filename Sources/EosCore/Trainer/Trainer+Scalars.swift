import CEos

/// The scalars of the saved state.
extension Trainer {
    /// What `encode` wrote, read and found plausible.
    struct Decoded {
        var phase = Phase.starting
        var bestIsCurrent = true
        var bestIteration = 0
        var stop = Int32(EOS_STOP_NONE)
        /// What had gone wrong, where `hasFailed`.
        var failure: EosError?
        var hasFailed: Bool { Trainer.failures.contains(Int(stop)) }
        var iterate = eos_iterate()
        var trial = eos_trial()
        var tried: [Tried] = []
        var accepted = (step: Double.nan, value: Double.nan, reason: StepReason.first)
        var counts = Counts()
        var lastUpdate = Double.infinity
        var relativeChange = Double.infinity
        var firstGradientNorm = Double.nan
        var stall = Stall()
        var seconds = 0.0
        var sharpness = Sharpness()
        var difference: DifferencedProduct.State?
        var isSampling = false
        var eigenvalues: LeadingEigenvalues?
        var history: History?
        var factors: [Double] = []
    }

    func encode(_ encoder: inout StateEncoder) {
        encoder.encode(phase.rawValue)
        encoder.encode(bestIsCurrent)
        encoder.encode(bestIteration)
        encoder.encode(Int(stop))
        encoder.encode(Int(iterate.iteration))
        encoder.encode([
            iterate.value, iterate.best_value, iterate.slope, iterate.gradient_norm2, iterate.direction_norm2,
            iterate.last_step, iterate.dx_dg, iterate.dg_norm2, iterate.dx_norm2, iterate.curvature,
            iterate.sharpness, iterate.gradient_norm, iterate.direction_norm, iterate.dx_norm, iterate.dg_norm,
            iterate.point_norm, iterate.direction_curvature,
        ])
        encoder.encode(Int(trial.index))
        encoder.encode(trial.finite != 0)
        encoder.encode([trial.step, trial.value])
        encoder.encode(tried.map(\.step))
        encoder.encode(tried.map(\.value))
        if needs.contains(.trialSlope) { encoder.encode(tried.map(\.slope) + [trial.slope]) }
        encoder.encode([accepted.step, accepted.value])
        encoder.encode(Int(accepted.reason.rawValue))
        for count in [counts.values, counts.gradients, counts.products, counts.failures, counts.trials] {
            encoder.encode(count)
        }
        encoder.encode([lastUpdate, stopwatch.seconds, relativeChange, firstGradientNorm])
        encoder.encode([stall.value, stall.gradientNorm])
        for count in [stall.failures, stall.hidden, Int(stall.stop)] { encoder.encode(count) }
        encoder.encode(sharpness.iteration)
        encoder.encode(sharpness.pairs.map(\.value))
        encoder.encode(sharpness.pairs.map(\.residual))
        encoder.encode(sharpness.pairs.map { $0.converged ? 1 : 0 })
        encoder.encode(difference != nil)
        encoder.encode(isSampling)
        if let history {
            encoder.encode(factors)
            encoder.encode(history.products.values)
            encoder.encode(history.scale)
        }
    }

    func decode(_ bytes: [UInt8], _ state: SavedState) throws(EosError) -> Decoded {
        let result = bytes.withUnsafeBytes { bytes -> Result<Decoded, EosError> in
            do throws(EosError) {
                var decoder = StateDecoder(bytes)
                return .success(try decode(&decoder, state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func decode(_ decoder: inout StateDecoder, _ state: SavedState) throws(EosError) -> Decoded {
        var result = Decoded()
        result.phase = try Self.known(Phase(rawValue: try decoder.integer()), "phase")
        result.bestIsCurrent = try decoder.bool()
        result.bestIteration = try decoder.count()
        result.stop = try Self.known(Int32(exactly: try decoder.integer()), "stop reason")
        if result.hasFailed { result.failure = Self.failure(of: state, result.stop) }
        try decodeIterate(&decoder, into: &result)
        result.trial = trial
        result.trial.index = Int64(try decoder.integer(in: -1...Self.mostTrials))
        result.trial.finite = try decoder.bool() ? 1 : 0
        let last = try Self.numbers(&decoder, 2)
        (result.trial.step, result.trial.value) = (last[0], last[1])
        let steps = try decoder.doubles()
        let values = try Self.numbers(&decoder, steps.count)
        var slopes = [Double](repeating: .nan, count: steps.count + 1)
        if needs.contains(.trialSlope) { slopes = try Self.numbers(&decoder, slopes.count) }
        result.trial.slope = slopes[steps.count]
        result.tried = steps.indices.map {
            Tried(step: steps[$0], value: values[$0], slope: slopes[$0], evaluation: 0)
        }
        let accepted = try Self.numbers(&decoder, 2)
        let reason = try Self.known(StepReason(rawValue: Int32(clamping: try decoder.integer())), "reason")
        result.accepted = (accepted[0], accepted[1], reason)
        result.counts = Counts(
            values: try decoder.count(), gradients: try decoder.count(), products: try decoder.count(),
            failures: try decoder.count(), trials: try decoder.count())
        let changes = try Self.numbers(&decoder, 4)
        (result.lastUpdate, result.seconds) = (changes[0], changes[1])
        (result.relativeChange, result.firstGradientNorm) = (changes[2], changes[3])
        let stalled = try Self.numbers(&decoder, 2)
        result.stall = Stall(
            failures: try decoder.count(), hidden: try decoder.count(), value: stalled[0], gradientNorm: stalled[1],
            stop: try Self.known(Int32(exactly: try decoder.integer()), "stop reason"))
        try decodeSharpness(&decoder, into: &result)
        let hasDifference = try decoder.bool()
        result.isSampling = try decoder.bool()
        guard !result.isSampling || (sampledProducts && result.phase == .measuring) else {
            throw EosError(EOS_E_FORMAT, "the saved state measures a part of the samples, which this objective has not")
        }
        try decodeHistory(&decoder, state, into: &result)
        if result.phase == .measuring {
            let options = result.isSampling ? .ofSample(sharpnessOptions) : sharpnessOptions
            result.eigenvalues = try decodeEigenvalues(&decoder, state, options)
        }
        guard hasDifference == (!exactProducts && [.measuring, .curving].contains(result.phase)) else {
            throw EosError(EOS_E_FORMAT, "the saved state does not say what product is under way")
        }
        if hasDifference {
            result.difference = try DifferencedProduct.decode(
                &decoder, isMeasured: result.eigenvalues?.measuresError == true
            ) { i throws(EosError) in try read(state, "eos.difference.\(i)") }
        }
        try decoder.finish()
        return result
    }

    private func decodeIterate(_ decoder: inout StateDecoder, into result: inout Decoded) throws(EosError) {
        result.iterate = iterate
        result.iterate.iteration = Int64(try decoder.count())
        let scalars = try Self.numbers(&decoder, 17)
        result.iterate.value = scalars[0]
        result.iterate.best_value = scalars[1]
        result.iterate.slope = scalars[2]
        result.iterate.gradient_norm2 = scalars[3]
        result.iterate.direction_norm2 = scalars[4]
        result.iterate.last_step = scalars[5]
        result.iterate.dx_dg = scalars[6]
        result.iterate.dg_norm2 = scalars[7]
        result.iterate.dx_norm2 = scalars[8]
        result.iterate.curvature = scalars[9]
        result.iterate.sharpness = scalars[10]
        result.iterate.gradient_norm = scalars[11]
        result.iterate.direction_norm = scalars[12]
        result.iterate.dx_norm = scalars[13]
        result.iterate.dg_norm = scalars[14]
        result.iterate.point_norm = scalars[15]
        result.iterate.direction_curvature = scalars[16]
    }

    private func decodeSharpness(_ decoder: inout StateDecoder, into result: inout Decoded) throws(EosError) {
        result.sharpness.iteration = try decoder.integer(in: -1...1 << 62)
        let values = try decoder.doubles()
        let residuals = try Self.numbers(&decoder, values.count)
        let flags = try Self.numbers(&decoder, values.count)
        result.sharpness.pairs = values.indices.map {
            LeadingEigenvalues.Pair(value: values[$0], residual: residuals[$0], converged: flags[$0] == 1)
        }
    }

    private func decodeHistory(
        _ decoder: inout StateDecoder, _ state: SavedState, into result: inout Decoded
    ) throws(EosError) {
        guard let limit = history?.limit else { return }
        result.factors = try decoder.doubles()
        let products = try decoder.doubles()
        let scale = try decoder.double()
        guard scale > 0, scale.isFinite, scale.significand == 1 else {
            throw EosError(EOS_E_FORMAT, "the saved state scales gradients by \(scale), which is no power of two")
        }
        var vectors: [Vector] = []
        while state.contains("eos.history.\(vectors.count)") {
            vectors.append(try read(state, "eos.history.\(vectors.count)"))
        }
        let history = try History(space, limit: limit, vectors: vectors, products: products, scale: scale)
        let isDirected = [.curving, .trying, .safeguarding, .descending].contains(result.phase)
        guard result.factors.count == (isDirected ? history.products.count : 0) else {
            throw EosError(EOS_E_FORMAT, "the saved state has \(result.factors.count) factors of a direction")
        }
        result.history = history
    }

    private func decodeEigenvalues(
        _ decoder: inout StateDecoder, _ state: SavedState, _ options: LeadingEigenvalues.Options
    ) throws(EosError) -> LeadingEigenvalues {
        try LeadingEigenvalues(space, options: options, from: &decoder) { counts throws(EosError) in
            var vectors: [Vector] = []
            for i in 0..<counts.all {
                let vector = try space.makeVector()
                let type: StateTensor.Element = space.type == .f32 ? .f32 : .f64
                try state.withTensor("eos.sharpness.basis.\(i)", type, count: space.count) { bytes in
                    if let start = bytes.baseAddress { vector.copy(from: start) }
                }
                vectors.append(vector)
            }
            return vectors
        }
    }

    private static func failure(of state: SavedState, _ stop: Int32) -> EosError {
        let status = state.metadata["eos.failure.status"].flatMap { Int($0) } ?? 0
        let usual = stop == EOS_STOP_NONFINITE ? EOS_E_NONFINITE : EOS_E_FAILED
        return EosError(
            status < 0 ? status : usual, state.metadata["eos.failure"] ?? "the training had failed before it was saved")
    }

    private static func numbers(_ decoder: inout StateDecoder, _ count: Int) throws(EosError) -> [Double] {
        let numbers = try decoder.doubles()
        guard numbers.count == count else {
            throw EosError(EOS_E_FORMAT, "the saved state has \(numbers.count) numbers where \(count) belong")
        }
        return numbers
    }

    private static func known<T>(_ value: T?, _ what: String) throws(EosError) -> T {
        guard let value else { throw EosError(EOS_E_FORMAT, "the saved state has an unknown \(what)") }
        return value
    }
}
