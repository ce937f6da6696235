import CEos

extension Trainer {
    /// What is needed next; the same until it is answered.
    ///
    /// Where an iterate is complete this begins the next search, for which the policy is asked: a policy that fails
    /// stops the trainer.
    public func request() throws(EosError) -> Request {
        if !state.stopwatch.isRunning {
            timesAnswers = true
            state.stopwatch.start()
        }
        defer { if timesAnswers, state.stop != .none { state.stopwatch.pause() } }
        isAsked = false
        let request = try nextRequest()
        isAsked = request.kind != .nothing
        return request
    }

    /// The same for drivers, which take the time themselves.
    @inline(__always)
    func nextRequest() throws(EosError) -> Request { try goesOn() ? pendingRequest() : .nothing }

    /// Begins the next search where the iterate is complete. False once stopped; throws what made it fail.
    @inline(__always)
    func goesOn() throws(EosError) -> Bool {
        if state.stop == .none, takeStopRequest() { state.stop = .requested }
        if state.stop == .none, state.phase.hasArrived {
            do throws(EosError) { try beginSearch() } catch { throw fail(error) }
        }
        if state.stop == .none, state.phase.isTrying || state.phase.isSafeguarding {
            checkBudgetWithinSearch()
        }
        if state.stop == .none { return true }
        // A training that failed stays failed, however often it is asked to go on.
        if let failure { throw failure }
        return false
    }

    func pendingRequest() -> Request {
        switch state.phase {
        case .arrived:
            return .nothing
        case .starting:
            return evaluation(
                at: state.x, EOS_WANT_VALUE | EOS_WANT_GRADIENT, out: state.gradient, id: evaluations.iterate)
        case .measuring(let measurement):
            let process = measurement.eigenvalues
            return request(
                for: measurement.product, process.direction, out: process.product, part: samplePart(measurement))
        case .curving(let curving):
            return request(for: curving.product, UnsafeRawPointer(curving.vector.pointer), out: curving.out.pointer)
        case .trying, .safeguarding:
            if usesRay, let direction = rayDirection {
                var request = Request(kind: .evaluate, want: UInt32(EOS_WANT_VALUE))
                request.x = UnsafeRawPointer(state.x.pointer)
                request.v = UnsafeRawPointer(direction.pointer)
                request.evaluation = evaluations.trial
                request.ray = Request.Ray(
                    base: request.x!, search: evaluations.search, step: state.trial.step, commits: false)
                return request
            }
            return evaluation(
                at: trialPoint, trialWant, out: trialWant & EOS_WANT_GRADIENT == 0 ? nil : spare,
                id: evaluations.trial)
        case .descending:
            var request = evaluation(at: trialPoint, EOS_WANT_GRADIENT, out: spare, id: evaluations.trial)
            if usesRay, let direction = rayDirection {
                request.v = UnsafeRawPointer(direction.pointer)
                request.ray = Request.Ray(
                    base: UnsafeRawPointer(state.x.pointer), search: evaluations.search, step: state.accepted.step,
                    commits: true)
            }
            return request
        }
    }

    @inline(__always)
    private func evaluation(at point: Vector, _ want: Int, out: Vector?, id: Int64) -> Request {
        Request(
            kind: .evaluate, want: UInt32(want), x: UnsafeRawPointer(point.pointer), out: out?.pointer,
            evaluation: id)
    }

    private func request(
        for product: Product, _ v: UnsafeRawPointer, out: UnsafeMutableRawPointer, part: Int? = nil
    ) -> Request {
        switch product {
        case .exact:
            return Request(
                kind: .curvature, x: UnsafeRawPointer(state.x.pointer), v: v, out: out,
                evaluation: evaluations.iterate, part: part)
        case .differenced(_, let displaced):
            return evaluation(at: displaced.point, EOS_WANT_GRADIENT, out: displaced.gradient, id: evaluations.trial)
        }
    }

    /// Answers the last request. Gradients and products lie where the request said.
    ///
    /// - Parameters:
    ///   - status: `EOS_OK`, `EOS_RECOVERABLE` where there is no finite value, or an error.
    ///   - value: read where the request wants a value.
    ///   - isWhole: whether it is known that nothing was written past the end of the vector that the request gave.
    ///   - error: what to say of a status that is an error.
    /// - Throws: what stopped the trainer: it is also in `failure`.
    public func answer(
        _ status: eos_status, value: Double = .nan, isWhole: Bool = false,
        error: (eos_status) -> EosError = Trainer.unexplained
    ) throws(EosError) {
        guard isAsked, state.stop == .none, !state.phase.hasArrived else {
            throw EosError(
                EOS_E_STATE,
                "there is no request to answer; ask once before every answer, and again after setting the point, "
                    + "loading a state or continuing")
        }
        isAsked = false
        defer { if timesAnswers { state.stopwatch.pause() } }
        try take(status, value: value, isWhole: isWhole, error: error)
    }

    /// The same for drivers, which answer what was requested.
    @inline(__always)
    func take(
        _ status: eos_status, value: Double, isWhole: Bool, error: (eos_status) -> EosError
    ) throws(EosError) {
        // An objective that looks at `cancelled` gives up early: the same request is asked again if training goes on.
        if status == EOS_E_CANCELLED, takeStopRequest() || isCancelled?() == true {
            state.stop = .requested
            return
        }
        do throws(EosError) {
            if status < 0 { return try takeFailure(status, error(status)) }
            if !isWhole { try requireWhole() }
            // An infinite value is one that is not finite, too, and says more.
            try take(value: status == EOS_OK || value.isInfinite ? value : .nan, recoverable: status > 0)
        } catch {
            throw fail(error)
        }
    }

    /// An answer that is an error: where a probe asked, it is given up.
    @inline(never)
    private func takeFailure(_ status: eos_status, _ error: EosError) throws(EosError) {
        guard case .measuring(let measurement) = state.phase else { throw error }
        if measurement.isSampling, status == EOS_E_UNSUPPORTED { return try beginMeasuring(guards: []) }
        if needs.contains(.sharpness) { throw error }
        countProduct(isSampling: measurement.isSampling)
        try giveUpProbe(error.message)
    }

    /// Refuses an answer that went past the end of the vector that the request gave.
    @inline(never)
    private func requireWhole() throws(EosError) {
        switch state.phase {
        case .arrived, .safeguarding: return
        case .starting: try state.gradient.requireWhole("the gradient")
        case .trying, .descending: try spare.requireWhole("the gradient")
        case .measuring(let measurement):
            try requireWhole(measurement.product, into: measurement.eigenvalues.image)
        case .curving(let curving):
            try requireWhole(curving.product, into: curving.out)
        }
    }

    private func requireWhole(_ product: Product, into out: Vector) throws(EosError) {
        switch product {
        case .exact: try out.requireWhole("the product with the Hessian")
        case .differenced(_, let displaced): try displaced.gradient.requireWhole("the gradient")
        }
    }

    public static func unexplained(_ status: eos_status) -> EosError {
        EosError(Int(status), "the evaluation failed with status \(status)")
    }

    private func take(value: Double, recoverable: Bool) throws(EosError) {
        // What most answers are, without taking the phase apart.
        guard state.phase.isTrying else { return try takeOther(value, recoverable) }
        count(trialWant)
        try judge(value)
    }

    @inline(never)
    private func takeOther(_ value: Double, _ recoverable: Bool) throws(EosError) {
        switch state.phase {
        case .arrived, .trying: return
        case .starting:
            count(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
            try arriveAtStart(value)
        case .safeguarding:
            count(trialWant)
            setTrial(value)
            try accept(state.accepted.step, state.accepted.reason)
        case .descending:
            count(EOS_WANT_GRADIENT)
            if recoverable { throw nonFinite("the gradient is not finite") }
            try commit()
        case .measuring(let measurement) where !needs.contains(.sharpness):
            do throws(EosError) { try takeProduct(measurement, recoverable: recoverable) } catch {
                // The probe is done where the training ends with its iterate.
                guard state.stop == .none else { throw error }
                try giveUpProbe(error.message)
            }
        case .measuring(let measurement):
            try takeProduct(measurement, recoverable: recoverable)
        case .curving(let curving):
            try takeProduct(curving, recoverable: recoverable)
        }
    }

    /// A trial that is likely to be accepted, or whose slope is needed, is evaluated together with its gradient.
    var trialWant: Int {
        let isLikely = needs.contains(.expectsFirst) && state.trial.index == 0 && !usesRay
        return isLikely || !needs.isDisjoint(with: [.acceptsFirst, .trialSlope])
            ? EOS_WANT_VALUE | EOS_WANT_GRADIENT : EOS_WANT_VALUE
    }

    private func count(_ want: Int) {
        if want & EOS_WANT_VALUE != 0 { state.counts.values += 1 }
        if want & EOS_WANT_GRADIENT != 0 { state.counts.gradients += 1 }
    }

    /// Stops for good.
    func fail(_ error: EosError) -> EosError {
        state.failure = error
        if state.stop == .none {
            state.stop = error.status == EOS_E_NONFINITE ? .nonfinite : .failed
        }
        return error
    }

    /// A value, gradient or curvature that is not finite where it has to be: `what` tells which.
    func nonFinite(_ what: String) -> EosError {
        let (place, remedy) =
            switch state.phase {
            case .starting: ("at the starting point", "use another start or seed")
            case .measuring, .curving:
                (
                    "at iteration \(state.iterate.iteration), where the value is \(state.iterate.value)",
                    "use another policy or start"
                )
            default:
                (
                    "at iteration \(state.iterate.iteration + 1), after a step of \(state.accepted.step) from a value "
                        + "of \(state.iterate.value)",
                    state.accepted.value.isFinite
                        ? "it must be finite if the value is finite"
                        : "use a smaller step, a policy with a line search (ls, nls, nls-ub) or another start"
                )
            }
        return EosError(EOS_E_NONFINITE, "\(what) \(place); \(remedy)")
    }

    /// A search without an acceptable trial, whose last resort has no finite value.
    func hopeless() -> EosError {
        let accepted = state.accepted
        let first = state.tried.first?.step ?? state.trial.step
        let last = state.tried.last?.step ?? state.trial.step
        return EosError(
            EOS_E_NONFINITE,
            "iteration \(state.iterate.iteration): no step from \(first) to \(last) has an acceptable value, and the "
                + "value is \(accepted.value) after the smallest step, \(accepted.step); lower policy.min_step, or use "
                + "another start")
    }
}
