import EosRunModel
import Testing

/// A run, the process that works on it, and an eosd that may die between any two effects.
private struct World: Hashable {
    /// What lies on the disk.
    var recorded = RunState.queued
    /// The process that works on the run and holds its lock; nil: there is none.
    var worker: RunLife?
    /// Whether the worker has recorded anything.
    var isHeard = false
    /// What eosd was asked for, while nothing has been recorded that fulfils it.
    var kept: RunWish?
    /// What eosd told a worker that has not heard it yet: gone with eosd.
    var told: RunWish?
    /// What eosd knows.
    var life = RunLife(.queued)
    /// Whether this eosd started the worker.
    var isOurs = false
    var losses = 0

    static let limit = 1
}

/// eosd dies before an effect.
private struct Death: Error {}

/// What may happen to a world.
private enum Stimulus: CaseIterable, Hashable {
    case turn, delayOver, begin, train, hear, converge, killWorker, notice, report
    case pause, stop, resume, retry
}

extension World {
    /// - Parameter effects: those before which eosd does not die; nil: it lives.
    mutating func take(_ event: RunLife.Event, _ effects: inout Int?) throws {
        guard let (after, list) = try? life.after(event) else { return }
        var isSet = false
        for effect in list {
            if let left = effects {
                if left == 0 { throw Death() }
                effects = left - 1
            }
            if case .record = effect {
            } else if !isSet {
                life = after
                isSet = true
            }
            try perform(effect, &effects)
        }
        if !isSet { life = after }
    }

    private mutating func perform(_ effect: RunLife.Effect, _ effects: inout Int?) throws {
        switch effect {
        case .record(let change):
            #expect(worker == nil, "eosd writes while a worker does: \(change.state)")
            if change.state == .lost { losses += 1 }
            // Losses count from when somebody queued the run.
            if change.state == .queued { losses = 0 }
            write(change.state)
            // Records of before are none of the next worker's.
            isHeard = false
        case .launch:
            guard worker == nil else { return try take(.taken, &effects) }
            #expect(recorded == .queued || recorded == .lost, "a worker is started of a run that is \(recorded)")
            (worker, isHeard, isOurs) = (RunLife(.starting, .here(nil)), false, true)
            try take(.started, &effects)
        case .remember(let wish):
            // What the worker has recorded since eosd looked last counts as later.
            let isFulfilled = worker == nil && isHeard && wish.isFulfilled(by: recorded)
            kept = isFulfilled ? nil : wish
        case .tell(let wish): told = wish
        case .inquire: try notice(&effects)
        case .judge:
            let exhausted = RunLife.Judgement.exhausted(StateChange(.failed, "too often"))
            try take(.judged(losses > Self.limit ? exhausted : .allowed(after: 0)), &effects)
        case .join, .leaveQueue, .follow, .delay, .readSpec, .rest, .remove, .interrupt: break
        }
    }

    private mutating func write(_ state: RunState) {
        recorded = state
        if kept?.isFulfilled(by: state) == true { kept = nil }
    }

    private mutating func notice(_ effects: inout Int?) throws {
        let isNews = isHeard || !isOurs
        let departure = RunLife.Departure(recorded: isNews ? recorded : nil, loss: StateChange(.lost, "gone"))
        (isOurs, told) = (false, nil)
        try take(.gone(departure), &effects)
    }

    /// The process that works on the run takes an event: it is the only one that writes then.
    private mutating func work(_ event: RunLife.Event) {
        guard let (after, effects) = try? worker?.after(event) else { return }
        worker = after
        for case .record(let change) in effects {
            write(change.state)
            isHeard = true
        }
    }

    /// - Returns: whether it can happen.
    mutating func meet(_ stimulus: Stimulus, _ effects: inout Int?) throws -> Bool {
        let before = self
        switch stimulus {
        case .turn: try take(.turned, &effects)
        case .delayOver: try take(.delayed, &effects)
        case .begin: if worker != nil, !isHeard { work(.begun("starts")) }
        case .train: if worker?.state == .starting, isHeard { work(.trains) }
        case .hear:
            guard let told, worker != nil else { return false }
            work(.asked(told == .pause ? .pause : .stop))
            self.told = nil
        case .converge:
            guard let worker, isHeard else { return false }
            let wish = [worker.hold.wished, worker.state.wish].compactMap { $0 }.max()
            work(.settled(wish?.end ?? StateChange(.converged, "")))
            self.worker = nil
        case .killWorker: worker = nil
        case .notice:
            guard case .worker = life.hold, worker == nil else { return false }
            try notice(&effects)
        case .report: if let worker, isHeard { try take(.said(worker.state), &effects) }
        case .pause: try take(.asked(.pause), &effects)
        case .stop: try take(.asked(.stop), &effects)
        case .resume: try take(.asked(.resume), &effects)
        case .retry: try take(.asked(.retry), &effects)
        }
        return self != before
    }

    /// eosd dies, and another one finds what it left.
    mutating func restart() {
        (life, told, isOurs) = (RunLife(recorded), nil, false)
        var effects: Int?
        try? take(.found(isHeld: worker != nil, isReadable: true, wish: kept), &effects)
    }

    /// Everything that goes on by itself, until nothing does.
    mutating func rest() -> Bool {
        let order: [Stimulus] = [.hear, .begin, .train, .converge, .notice, .delayOver, .turn]
        for _ in 0..<100 {
            var effects: Int?
            guard order.contains(where: { (try? meet($0, &effects)) == true }) else { return true }
        }
        return false
    }
}

extension RunLife.Hold {
    fileprivate var wished: RunWish? {
        switch self {
        case .worker(let wish), .here(let wish): wish
        case .nobody, .queue, .delay: nil
        }
    }
}

@Suite struct CrashPointTests {
    /// Every world that can be reached by anything in any order, with eosd dying between any two effects.
    @Test func nothingIsStuckAndNothingIsForgotten() throws {
        var first = World()
        first.restart()
        var worlds: Set<World> = [first]
        var waiting = [first]
        var deaths = 0
        while let world = waiting.popLast() {
            var next: [World] = []
            for stimulus in Stimulus.allCases {
                for survived in 0... {
                    var after = world
                    var effects: Int? = survived
                    do {
                        guard try after.meet(stimulus, &effects) else { break }
                        next.append(after)
                        // It dies right behind the last effect, too.
                        after.restart()
                        next.append(after)
                        break
                    } catch {
                        deaths += 1
                        after.restart()
                        check(after, after: stimulus, of: world)
                        next.append(after)
                    }
                }
            }
            for one in next where worlds.insert(one).inserted { waiting.append(one) }
        }
        #expect(worlds.count > 100 && deaths > 100, "\(worlds.count) worlds, \(deaths) deaths")
        for world in worlds { check(world) }
    }

    /// A request that eosd did not live to carry out is granted, or all is as if eosd had died before it came.
    private func check(_ world: World, after stimulus: Stimulus, of before: World) {
        var (one, other) = (world, before)
        other.restart()
        let rest = (one.rest(), other.rest())
        #expect(rest.0 && rest.1)
        switch stimulus {
        case .pause where one.recorded != other.recorded: #expect(one.recorded == .paused)
        case .stop where one.recorded != other.recorded: #expect(one.recorded == .cancelled)
        default: break
        }
    }

    private func check(_ world: World) {
        // What eosd says of a run that nobody works on is what is recorded.
        switch world.life.hold {
        case .nobody, .queue, .delay: #expect(world.life.state == world.recorded, "\(world)")
        case .worker, .here: break
        }
        var end = world
        let rests = end.rest()
        #expect(rests, "\(world) never rests")
        #expect(end.worker == nil && end.life.hold == .nobody && end.life.state == end.recorded, "\(world): \(end)")
        switch end.recorded.phase {
        case .paused, .ended: break
        case .waiting, .working, .lost: Issue.record("\(world) is stuck as \(end.recorded)")
        }
        // What has been kept or recorded of a request holds, whoever dies.
        if let kept = world.kept {
            let ends: [RunState] = kept == .stop ? [.cancelled] : [.paused, .cancelled]
            #expect(ends.contains(end.recorded), "\(world): \(end)")
        }
        switch world.recorded {
        case .stopping: #expect(end.recorded == .cancelled, "\(world): \(end)")
        case .pausing where world.told != .stop && world.life.hold.wished != .stop:
            #expect(end.recorded == .paused, "\(world): \(end)")
        case .paused, .cancelled, .converged, .failed:
            #expect(world.worker != nil || end.recorded == world.recorded || world.life.hold != .nobody)
        default: break
        }
    }
}
