extension RunLife {
    /// What follows from an event. An event that comes too late changes nothing.
    ///
    /// - Throws: for a request that the run can't be granted.
    public func after(_ event: Event) throws(Refusal) -> Step {
        switch event {
        case .found(let isHeld, let isReadable, let wish): isHeld ? adopted(wish) : takenUp(isReadable, wish)
        case .asked(.pause), .wished(.pause): try asked(.pause)
        case .asked(.stop), .wished(.stop): try asked(.stop)
        case .asked(.resume): try resumed()
        case .asked(.retry): try retried()
        case .removalAsked: try removed()
        case .turned: hold == .queue ? (self, [.launch]) : late
        case .started: hold == .queue ? (RunLife(.starting, .worker(nil)), [.follow]) : late
        case .taken: taken
        case .unstartable(let reason): hold == .queue ? atRest(StateChange(.paused, reason)) : late
        case .delayed: hold == .delay ? (RunLife(state, .queue), [.join(isNext: true)]) : late
        case .said(let state): said(state)
        case .gone(let departure): gone(departure)
        case .judged(let judgement): judged(judgement)
        case .unrecordable: unrecordable
        case .begun(let reason): begun(reason)
        case .trains: trains
        case .settled(let change): isHere ? (RunLife(change.state, .here(nil)), [.record(change)]) : late
        }
    }

    private var late: Step { (self, []) }

    /// Nobody works on the run any more, and `change` tells why.
    private func atRest(_ change: StateChange) -> Step {
        (RunLife(change.state), [.record(change), change.state.phase == .lost ? .judge : .rest])
    }

    // MARK: eosd starts

    /// What was asked for before, and maybe not heard, is told again.
    private func adopted(_ wish: RunWish?) -> Step { followed([wish, state.wish].compactMap { $0 }.max()) }

    private func followed(_ wish: RunWish?) -> Step {
        (RunLife(state, .worker(wish)), [.follow] + (wish.map { [.tell($0)] } ?? []))
    }

    /// What was asked of a worker that did not live to hear of it holds.
    private func takenUp(_ isReadable: Bool, _ wish: RunWish?) -> Step {
        guard isReadable else { return (RunLife(state, .worker(wish)), [.inquire]) }
        return switch state.phase {
        case .waiting: wish.map { atRest($0.end) } ?? (RunLife(state, .queue), [.join(isNext: false)])
        case .working: (RunLife(state, .worker(wish)), [.inquire])
        case .lost: wish.map { atRest($0.end) } ?? (RunLife(state), [.judge])
        case .paused: wish == .stop ? atRest(.cancel) : (RunLife(state), [])
        case .ended: (RunLife(state), [])
        }
    }

    // MARK: Requests

    private func asked(_ wish: RunWish) throws(Refusal) -> Step {
        switch hold {
        case .here:
            // A state that was recorded once, or that comes too late, leads nowhere.
            guard state.phase == .working, asked.map({ $0 < wish }) ?? true else { return (self, [.interrupt(wish)]) }
            return (
                RunLife(wish.state, .here(wish)), [.record(StateChange(wish.state, wish.sentence)), .interrupt(wish)]
            )
        case .worker:
            guard isOpen(to: wish), asked.map({ $0 <= wish }) ?? true else { throw wish.refusal }
            return (RunLife(wish.state, .worker(wish)), [.remember(wish), .tell(wish)])
        case .queue, .delay: return (RunLife(wish.end.state), [.record(wish.end), .leaveQueue])
        case .nobody:
            guard wish == .stop, isOpen(to: wish), state.phase != .working else { throw wish.refusal }
            return (RunLife(wish.end.state), [.record(wish.end), .leaveQueue])
        }
    }

    /// What was asked of whoever works on the run.
    private var asked: RunWish? { [hold.wish, state.wish].compactMap { $0 }.max() }

    /// Whether a wish still makes a difference.
    private func isOpen(to wish: RunWish) -> Bool {
        switch (state.phase, wish) {
        case (.waiting, _), (.working, _), (.lost, _), (.paused, .stop): true
        case (.paused, .pause), (.ended, _): false
        }
    }

    private func resumed() throws(Refusal) -> Step {
        guard hold == .nobody, state.phase == .paused else { throw .notPaused }
        return (RunLife(.queued, .queue), [.record(StateChange(.queued, "resumed")), .join(isNext: false)])
    }

    private func retried() throws(Refusal) -> Step {
        guard hold == .nobody, state.isEnd else { throw .hasNotEnded }
        let change = StateChange(.queued, "retried")
        return (RunLife(.queued, .queue), [.record(change), .readSpec, .join(isNext: false)])
    }

    private func removed() throws(Refusal) -> Step {
        guard hold == .nobody, state.isQuiet else { throw .notRemovable }
        return (self, [.remove])
    }

    // MARK: The worker

    private var taken: Step {
        switch hold {
        case .queue, .worker: followed(hold.wish)
        case .nobody, .delay, .here: late
        }
    }

    /// What was asked of a worker stays until the worker has heard of it.
    private func said(_ state: RunState) -> Step {
        guard case .worker(let wish) = hold else { return late }
        if wish != nil, state.phase == .working, state.wish == nil { return late }
        return (RunLife(state, hold), [])
    }

    private func gone(_ departure: Departure) -> Step {
        guard case .worker(let wish) = hold else { return late }
        guard let recorded = departure.recorded else { return atRest(departure.end(wish)) }
        switch recorded.phase {
        case .working: return atRest(departure.end([wish, recorded.wish].compactMap { $0 }.max()))
        // The run might go on: what was asked for holds.
        case .waiting:
            if let wish { return atRest(wish.end) }
            return (RunLife(recorded, .queue), [.join(isNext: false)])
        case .paused: return wish == .stop ? atRest(.cancel) : (RunLife(recorded), [.rest])
        case .lost: return wish.map { atRest($0.end) } ?? (RunLife(recorded), [.judge])
        case .ended: return (RunLife(recorded), [.rest])
        }
    }

    private func judged(_ judgement: Judgement) -> Step {
        guard hold == .nobody, state.phase == .lost else { return late }
        return switch judgement {
        case .allowed(let seconds): (RunLife(state, .delay), [.delay(seconds)])
        case .exhausted(let change): atRest(change)
        case .unknowable: late
        }
    }

    private var unrecordable: Step { isHere ? late : (RunLife(.lost), []) }

    // MARK: This process

    private var isHere: Bool {
        switch hold {
        case .here: true
        case .nobody, .queue, .delay, .worker: false
        }
    }

    /// A wish that came first is recorded again: the start must be counted, and the wish must stay to be seen.
    private func begun(_ reason: String) -> Step {
        guard isHere else { return late }
        let start = Effect.record(StateChange(.starting, reason))
        guard let wish = hold.wish else { return (RunLife(.starting, hold), [start]) }
        return (RunLife(wish.state, hold), [start, .record(StateChange(wish.state, wish.sentence))])
    }

    private var trains: Step {
        isHere && hold.wish == nil ? (RunLife(.running, hold), [.record(StateChange(.running, "training"))]) : late
    }
}

extension RunLife.Departure {
    /// The state of a run whose worker left it open: the worker's own fault counts, then what was asked for.
    fileprivate func end(_ wish: RunWish?) -> StateChange {
        if let forced { return StateChange(forced.state, forced.reason, signal: loss.signal, exitCode: loss.exitCode) }
        guard loss.state.phase == .lost, let wish else { return loss }
        let end = wish == .stop ? wish.end.reason : wish.sentence
        return StateChange(
            wish.end.state, "\(end); meanwhile \(loss.reason)", signal: loss.signal, exitCode: loss.exitCode)
    }
}

extension RunWish {
    fileprivate var refusal: RunLife.Refusal {
        switch self {
        case .pause: .cannotPause
        case .stop: .hasEnded
        }
    }
}
