import CEos
import EosCore

/// A search under way: what it was told. A search that depends on nothing else can be run again to where it stands.
struct SearchState: Equatable {
    /// What is to be done with the next trial's value.
    enum Pending: Equatable {
        /// Hand it over: the search asked for it.
        case question(Double)
        /// Accept it: the search returned this step without having asked for it.
        case result(Double)
        /// Accept it: the search found no step.
        case safeguard
    }

    var start: SearchStart
    var trials: [SearchRay.Trial] = []
    var pending = Pending.safeguard

    init(start: SearchStart) { self.start = start }
}

extension SearchPolicy {
    public func save() throws(EosError) -> [UInt8] {
        var encoder = StateEncoder()
        encoder.encode(state != nil)
        state?.encode(&encoder)
        return encoder.bytes
    }

    public func load(_ bytes: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(bytes)
        let saved = try decoder.bool() ? try SearchState(&decoder) : nil
        try decoder.finish()
        let before = state
        do throws(EosError) { try adopt(saved) } catch {
            // The one that was under way is run again, too: of one policy, one search runs at a time.
            try? adopt(before)
            throw error
        }
    }

    /// Runs the search of `saved` again, up to where it stood.
    private func adopt(_ saved: SearchState?) throws(EosError) {
        try abandon()
        guard let saved else { return }
        if case .question(let last) = saved.pending {
            let thread = try searching()
            var event = thread.begin(saved.start, seconds: limits.silence)
            for trial in saved.trials {
                guard event == .asks(trial.step) else { throw departed(event, trial.step) }
                event = thread.answer(trial, seconds: limits.silence)
            }
            guard event == .asks(last) else { throw departed(event, last) }
        }
        state = saved
    }

    private func departed(_ event: SearchThread.Event, _ step: Double) -> EosError {
        let instead =
            switch event {
            case .asks(let other): "requested the value at \(other)"
            case .returned(.step(let other)): "returned \(other)"
            case .returned(.failed(let status)): "returned the status \(status)"
            default: "requested nothing"
            }
        return EosError(
            EOS_E_PLUGIN,
            "the search \(name) can't be continued from its saved state: it \(instead), but before it had requested "
                + "the value at \(step); its library has state between calls, or has changed")
    }
}

extension SearchState {
    func encode(_ encoder: inout StateEncoder) {
        encoder.encode(start.iteration)
        encoder.encode([start.value, start.slope, start.gradientNorm, start.lastStep])
        encoder.encode(trials.flatMap { [$0.step, $0.value, $0.slope] })
        switch pending {
        case .question(let step): encoder.encode([0, step])
        case .result(let step): encoder.encode([1, step])
        case .safeguard: encoder.encode([2, 0])
        }
    }

    init(_ decoder: inout StateDecoder) throws(EosError) {
        let iteration = try decoder.integer()
        let scalars = try decoder.doubles()
        let numbers = try decoder.doubles()
        let last = try decoder.doubles()
        guard scalars.count == 4, numbers.count % 3 == 0, last.count == 2 else { throw Self.foreign }
        start = SearchStart(
            iteration: iteration, value: scalars[0], slope: scalars[1], gradientNorm: scalars[2],
            lastStep: scalars[3])
        trials = stride(from: 0, to: numbers.count, by: 3).map {
            SearchRay.Trial(step: numbers[$0], value: numbers[$0 + 1], slope: numbers[$0 + 2])
        }
        switch last[0] {
        case 0: pending = .question(last[1])
        case 1: pending = .result(last[1])
        case 2: pending = .safeguard
        default: throw Self.foreign
        }
    }

    private static var foreign: EosError { EosError(EOS_E_FORMAT, "the saved state does not belong to a search") }
}
