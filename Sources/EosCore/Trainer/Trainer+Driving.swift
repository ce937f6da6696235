import CEos

/// Driving a trainer by an objective.
extension Trainer {
    /// A trainer for `objective`, which starts at the objective's initial point for the seed.
    public convenience init(
        objective: any Objective, policy: any Policy, settings: TrainerSettings
    ) throws(EosError) {
        try self.init(
            description: objective.description, objectiveID: objective.id, blocks: objective.blocks, start: nil,
            exactProducts: objective.hasCurvature, sampledProducts: objective.hasSampledCurvature,
            usesRay: objective.hasRay, threads: objective.space.threads, policy: policy, settings: settings)
        try objective.initialPoint(seed: settings.seed, into: state.x.pointer)
        try state.x.requireWhole("the starting point")
    }

    /// One iteration: until the next iterate is complete (the first call: the starting point's evaluation belongs to
    /// it) or the trainer has stopped.
    ///
    /// - Returns: false once stopped; `stop` says why.
    public func step(_ objective: any Objective) throws(EosError) -> Bool {
        startDriving()
        defer { state.stopwatch.pause() }
        // The starting point is an iterate, but no iteration.
        let before = arrivals
        let wanted = state.phase.isStarting || (state.phase.isMeasuring && arrivals == 0) ? before + 2 : before + 1
        while arrivals < wanted {
            guard try answerNext(objective) else { return false }
        }
        return state.stop == .none
    }

    /// The whole training.
    public func run(_ objective: any Objective) throws(EosError) {
        startDriving()
        defer { state.stopwatch.pause() }
        while try answerNext(objective) {}
    }

    /// Trains until the trainer has stopped or `suspend` was called.
    ///
    /// - Returns: false once stopped; `stop` says why.
    public func advance(_ objective: any Objective) throws(EosError) -> Bool {
        startDriving()
        defer { state.stopwatch.pause() }
        isSuspended = false
        while try answerNext(objective) {
            if isSuspended { return true }
        }
        return false
    }

    /// For the observer: `advance` returns with the iterate that is being observed.
    public func suspend() { isSuspended = true }

    private func startDriving() {
        timesAnswers = false
        state.stopwatch.start()
    }

    /// Answers one request. False where there is none: the trainer has stopped.
    @inline(__always)
    private func answerNext(_ objective: any Objective) throws(EosError) -> Bool {
        guard try goesOn() else { return false }
        guard state.phase.isTrying, !usesRay else {
            try answer(pendingRequest(), objective)
            return true
        }
        // What most requests are, without putting it into one.
        let want = trialWant
        let out = want & EOS_WANT_GRADIENT == 0 ? nil : spare.pointer
        var value = Double.nan
        let status = objective.evaluate(
            at: UnsafeRawPointer(trialPoint.pointer), want: UInt32(want), gradient: out, evaluation: evaluations.trial,
            value: &value)
        let isWhole = out.map { Vector.isWhole(until: $0 + space.bytes) } ?? true
        try take(status, value: value, isWhole: isWhole) { objective.error($0, in: "evaluate") }
        return true
    }

    @inline(never)
    private func answer(_ request: Request, _ objective: any Objective) throws(EosError) {
        var value = Double.nan
        let status: eos_status
        switch request.kind {
        case .nothing:
            return
        case .curvature:
            status = objective.curvature(
                at: request.x!, evaluation: request.evaluation, part: request.part, times: request.v!,
                into: request.out!)
        case .evaluate:
            if let ray = request.ray {
                status = objective.evaluate(ray, request, value: &value)
            } else {
                status = objective.evaluate(
                    at: request.x!, want: request.want, gradient: request.out, evaluation: request.evaluation,
                    value: &value)
            }
        }
        let isWhole = request.out.map { Vector.isWhole(until: $0 + space.bytes) } ?? true
        try take(status, value: value, isWhole: isWhole) { objective.error($0, in: request.function) }
    }
}

extension Request {
    /// The table's function that answers it, for messages.
    fileprivate var function: String {
        if kind == .curvature { return part == nil ? "curvature" : "sampled_curvature" }
        return ray?.commits == false ? "ray_value" : "evaluate"
    }
}

extension Objective {
    /// A value along a ray, or the gradient at the point of the ray that was accepted.
    fileprivate func evaluate(_ ray: Request.Ray, _ request: Request, value: inout Double) -> eos_status {
        if !ray.commits {
            return rayValue(
                from: ray.base, along: request.v!, search: ray.search, step: ray.step, value: &value)
        }
        let status = commitRay(
            from: ray.base, along: request.v!, search: ray.search, step: ray.step, evaluation: request.evaluation)
        guard status == EOS_OK else { return status }
        return evaluate(
            at: request.x!, want: request.want, gradient: request.out, evaluation: request.evaluation, value: &value)
    }
}
