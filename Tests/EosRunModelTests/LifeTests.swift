import EosRunModel
import Testing

private let lost = StateChange(.lost, "its worker is gone", signal: 9)
private let ownFault = StateChange(.outOfMemory, "it exceeded its memory")
private let forced = StateChange(.timedOut, "it ran too long")

@Suite struct LifeTests {
    private static let holds: [(name: String, hold: RunLife.Hold)] = [
        ("nobody", .nobody), ("queue", .queue), ("delay", .delay), ("worker", .worker(nil)),
        ("worker+pause", .worker(.pause)), ("worker+stop", .worker(.stop)), ("here", .here(nil)),
        ("here+pause", .here(.pause)), ("here+stop", .here(.stop)),
    ]

    /// Every event, by its name in the table. States that one event can carry and that are of the same kind stand for
    /// each other there.
    private static let events: [(name: String, event: RunLife.Event)] =
        [
            ("found held", .found(isHeld: true, isReadable: true)),
            ("found held", .found(isHeld: true, isReadable: false)),
            ("found", .found(isHeld: false, isReadable: true)),
            ("found held, pause", .found(isHeld: true, isReadable: true, wish: .pause)),
            ("found held, stop", .found(isHeld: true, isReadable: true, wish: .stop)),
            ("found, pause", .found(isHeld: false, isReadable: true, wish: .pause)),
            ("found, stop", .found(isHeld: false, isReadable: true, wish: .stop)),
            ("found damaged", .found(isHeld: false, isReadable: false)), ("remove", .removalAsked),
            ("turned", .turned), ("started", .started), ("taken", .taken), ("unstartable", .unstartable("no file")),
            ("delayed", .delayed), ("judged allowed", .judged(.allowed(after: 2))),
            ("judged exhausted", .judged(.exhausted(StateChange(.failed, "too often")))),
            ("judged unknowable", .judged(.unknowable)), ("unrecordable", .unrecordable), ("begun", .begun("starts")),
            ("trains", .trains), ("settled failed", .settled(StateChange(.failed, ""))),
            ("settled queued", .settled(StateChange(.queued, ""))), ("gone nothing", gone(nil)),
            ("gone by own fault", gone(nil, ownFault)), ("gone by own fault", gone(.pausing, ownFault)),
            ("gone by force", gone(.running, lost, forced)), ("gone by force", gone(.stopping, ownFault, forced)),
        ] + RunAction.allCases.map { ($0.rawValue, .asked($0)) }
        + RunState.allCases.map { ("said " + ($0.phase == .ended ? "ended" : $0.rawValue), .said($0)) }
        // Of ends two stand for all: each is kept as it was recorded.
        + RunState.allCases.filter { $0.phase != .ended || [.converged, .cancelled].contains($0) }
        .map { ("gone " + $0.rawValue, gone($0)) }

    private static func gone(
        _ recorded: RunState?, _ loss: StateChange = lost, _ forced: StateChange? = nil
    ) -> RunLife.Event { .gone(RunLife.Departure(recorded: recorded, loss: loss, forced: forced)) }

    private static func name(_ effect: RunLife.Effect) -> String {
        switch effect {
        case .record(let change): "record \(change.state.rawValue)"
        case .join(let isNext): isNext ? "join next" : "join last"
        case .remember(let wish): "remember \(wish)"
        case .tell(let wish): "tell \(wish)"
        case .interrupt(let wish): "interrupt \(wish)"
        case .delay: "delay"
        case .leaveQueue, .launch, .follow, .inquire, .judge, .readSpec, .rest, .remove: "\(effect)"
        }
    }

    /// What a life comes to: a state and a hold, or a refusal.
    private static func outcome(_ life: RunLife, _ event: RunLife.Event) -> (result: String, effects: [String]) {
        do throws(RunLife.Refusal) {
            let (after, effects) = try life.after(event)
            let hold = holds.first { $0.hold == after.hold }!.name
            return ("\(after.state.rawValue) \(hold)", effects.map(name))
        } catch {
            return ("\(error)", [])
        }
    }

    @Test func everyEventInEveryLife() {
        var pairs = 0
        var used: Set<Int> = []
        for (eventName, event) in Self.events {
            for (holdName, hold) in Self.holds {
                for state in RunState.allCases {
                    let group = state.phase == .ended ? "ended" : state.rawValue
                    let fitting = LifeTable.rules.indices.filter { index in
                        let rule = LifeTable.rules[index]
                        return rule.event == eventName
                            && (rule.holds == ["*"] || rule.holds.contains { $0 == holdName })
                            && (rule.states == ["*"] || rule.states.contains { $0 == group })
                    }
                    let place = "\(eventName) with \(holdName), \(state)"
                    #expect(fitting.count < 2, "\(place): two rules fit")
                    used.formUnion(fitting)
                    // What is not in the table comes too late and changes nothing.
                    let rule = fitting.first.map { LifeTable.rules[$0] }
                    var expected = rule?.result.map(String.init) ?? ["=", "="]
                    if expected.count == 2 {
                        if expected[0] == "=" { expected[0] = state.rawValue }
                        if expected[0] == "said", case .said(let told) = event { expected[0] = told.rawValue }
                        if expected[1] == "=" { expected[1] = holdName }
                    }
                    let (result, effects) = Self.outcome(RunLife(state, hold), event)
                    let wanted = expected.joined(separator: " ")
                    #expect(result == wanted, "\(place)")
                    #expect(effects == rule?.effects ?? [], "\(place)")
                    pairs += 1
                }
            }
        }
        #expect(used == Set(LifeTable.rules.indices), "rules that nothing fits")
        #expect(pairs == Self.events.count * 9 * 13)
    }

    /// Whoever carries out a step relies on it: a state holds once it is recorded, then comes the rest.
    @Test func recordsComeFirst() throws {
        for (_, event) in Self.events {
            for (_, hold) in Self.holds {
                for state in RunState.allCases {
                    guard let (life, effects) = try? RunLife(state, hold).after(event) else { continue }
                    let records = effects.prefix { if case .record = $0 { true } else { false } }
                    #expect(!effects.dropFirst(records.count).contains { if case .record = $0 { true } else { false } })
                    if case .record(let change)? = records.last { #expect(life.state == change.state) }
                }
            }
        }
    }

    /// What was asked for and what ended the worker are both in the records.
    @Test func reasonsTellBoth() throws {
        func end(_ wish: RunWish?, _ recorded: RunState?) throws -> StateChange? {
            let (_, effects) = try RunLife(.running, .worker(wish)).after(Self.gone(recorded))
            guard case .record(let change)? = effects.first else { return nil }
            return change
        }
        let paused = StateChange(.paused, "a pause was requested; meanwhile its worker is gone", signal: 9)
        let cancelled = StateChange(.cancelled, "a user stopped it; meanwhile its worker is gone", signal: 9)
        #expect(try end(nil, .running) == lost && end(nil, nil) == lost)
        #expect(try end(.pause, .running) == paused && end(nil, .pausing) == paused)
        #expect(try end(.stop, nil) == cancelled && end(.pause, .stopping) == cancelled)
        #expect(try end(.stop, .queued) == .cancel && end(.pause, .queued) == .pause && end(nil, .queued) == nil)
    }
}
