import CEos
import EosCore

/// Behind `eos_trainer`.
final class TrainerHandle: Handle {
    let context: Context
    let trainer: Trainer
    /// nil: the caller evaluates, by ask and tell.
    let objective: ObjectiveHandle?
    let entrance = Entrance()
    private var observer: Callback?

    init(_ context: Context, _ trainer: Trainer, _ objective: ObjectiveHandle?) {
        self.context = context
        self.trainer = trainer
        self.objective = objective
        if let host = objective?.host { trainer.isCancelled = { host.cancelled } }
        trainer.onWarning = { [context] message in context.log(EOS_LOG_WARNING, message) }
    }

    /// What the calls that drive need.
    func driven() throws(EosError) -> any Objective {
        guard let objective else {
            throw EosError(EOS_E_STATE, "this trainer was made for ask and tell; call eos_trainer_ask")
        }
        return objective.objective
    }

    /// - Returns: what owned the observer before; its destroy is the program's code, which may call back.
    func observe(_ observe: Observe?, _ ctx: UnsafeMutableRawPointer?, _ owner: Callback) -> Callback? {
        let before = observer
        observer = observe == nil ? nil : owner
        trainer.observer = observe.map { observe in
            { [entrance] progress in
                entrance.isObserving = true
                defer { entrance.isObserving = false }
                var progress = progress
                return observe(ctx, &progress) != 0
            }
        }
        return before
    }

    typealias Observe = @Sendable @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<eos_progress>?) -> Int32

    /// Runs the body of an exported function, unless a call that is under way forbids it.
    static func reporting(
        _ pointer: OpaquePointer?, _ access: Entrance.Access = .changes,
        _ body: (TrainerHandle) throws(EosError) -> Void
    ) -> eos_status {
        guard let pointer else {
            return EosExports.reporting(to: nil) { () throws(EosError) in _ = try required(pointer, "trainer") }
        }
        let handle = TrainerHandle.from(pointer)
        let status = EosExports.reporting(to: handle.context.errors) { () throws(EosError) in
            try handle.entrance.pass(access) { () throws(EosError) in try body(handle) }
        }
        if handle.entrance.takeFreed() { release(pointer) }
        return status
    }
}

/// A context pointer of the caller's, destroyed when the last holder goes.
final class Callback: Sendable {
    typealias Destroy = @Sendable @convention(c) (UnsafeMutableRawPointer?) -> Void

    private nonisolated(unsafe) let ctx: UnsafeMutableRawPointer?
    private let destroy: Destroy?

    init(_ ctx: UnsafeMutableRawPointer?, _ destroy: Destroy?) {
        self.ctx = ctx
        self.destroy = destroy
    }

    deinit { destroy?(ctx) }
}

@c @implementation
public func eos_trainer_new(
    _ context: OpaquePointer!, _ objective: OpaquePointer!, _ policy: OpaquePointer!, _ settings: OpaquePointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let out = try required(out, "out")
        let objective = try ObjectiveHandle.from(objective, "objective")
        let trainer = try Trainer(
            objective: objective.objective, policy: try PolicyHandle.from(policy, "policy").policy,
            settings: try TrainerSettings(Config.values(settings)))
        out.pointee = TrainerHandle(context, trainer, objective).retained()
    }
}

@c @implementation
public func eos_trainer_new_ask_tell(
    _ context: OpaquePointer!, _ description: UnsafePointer<eos_objective_description>!, _ curvature: Int32,
    _ x: UnsafeRawPointer!, _ policy: OpaquePointer!, _ settings: OpaquePointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let out = try required(out, "out")
        // To `dimension`.
        let given = try readStruct(description, "description", least: 16, as: .unknown)
        let trainer = try Trainer(
            description: given,
            start: try required(x, "x"), curvature: curvature != 0, threads: ThreadPool(threads: context.threads),
            policy: try PolicyHandle.from(policy, "policy").policy,
            settings: try TrainerSettings(Config.values(settings)))
        out.pointee = TrainerHandle(context, trainer, nil).retained()
    }
}

@c @implementation
public func eos_trainer_free(_ trainer: OpaquePointer!) {
    guard let trainer else { return }
    // A callback of it frees it when the call that is under way returns.
    if !TrainerHandle.from(trainer).entrance.isToBeFreedLater() { TrainerHandle.release(trainer) }
}

@c @implementation
public func eos_trainer_set_point(_ trainer: OpaquePointer!, _ x: UnsafeRawPointer!) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        try handle.trainer.setPoint(try required(x, "x"))
    }
}

@c @implementation
public func eos_trainer_set_observer(
    _ trainer: OpaquePointer!,
    _ observe: (
        @Sendable @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<eos_progress>?) -> Int32
    )!, _ ctx: UnsafeMutableRawPointer!, _ destroy: (@Sendable @convention(c) (UnsafeMutableRawPointer?) -> Void)!
) -> eos_status {
    let owner = Callback(ctx, destroy)
    var before: Callback?
    let status = TrainerHandle.reporting(trainer) { handle in before = handle.observe(observe, ctx, owner) }
    withExtendedLifetime((before, owner)) {}
    return status
}

@c @implementation
public func eos_trainer_step(
    _ trainer: OpaquePointer!, _ progress: UnsafeMutablePointer<eos_progress>!
) -> eos_status {
    drive(trainer, progress) { handle throws(EosError) in
        _ = try handle.trainer.step(try handle.driven())
    }
}

@c @implementation
public func eos_trainer_run(
    _ trainer: OpaquePointer!, _ progress: UnsafeMutablePointer<eos_progress>!
) -> eos_status {
    drive(trainer, progress) { handle throws(EosError) in try handle.trainer.run(try handle.driven()) }
}

/// Advances and tells the progress, also where advancing failed.
private func drive(
    _ trainer: OpaquePointer?, _ progress: UnsafeMutablePointer<eos_progress>?,
    _ advance: (TrainerHandle) throws(EosError) -> Void
) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        if let progress { try requireSize(progress, "progress") }
        var failure: EosError?
        handle.objective?.host?.beginTraining()
        do throws(EosError) { try advance(handle) } catch { failure = error }
        // A stop ends evaluations of this training; the caller's own of the same objective go on.
        handle.objective?.host?.endTraining()
        if let progress { try fill(progress, "progress", with: handle.trainer.progress) }
        if let failure { throw failure }
    }
}

@c @implementation
public func eos_trainer_stop(_ trainer: OpaquePointer!) {
    guard let trainer else { return }
    let handle = TrainerHandle.from(trainer)
    handle.trainer.requestStop()
    handle.objective?.host?.cancel()
}

@c @implementation
public func eos_trainer_continue(_ trainer: OpaquePointer!, _ settings: OpaquePointer!) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        try handle.trainer.resume(settings == nil ? nil : try TrainerSettings(Config.values(settings)))
    }
}

@c @implementation
public func eos_trainer_progress(
    _ trainer: OpaquePointer!, _ out: UnsafeMutablePointer<eos_progress>!
) -> eos_status {
    TrainerHandle.reporting(trainer, .looks) { handle throws(EosError) in
        try fill(out, "out", with: handle.trainer.progress)
    }
}

@c @implementation
public func eos_trainer_current(
    _ trainer: OpaquePointer!, _ out: UnsafeMutablePointer<eos_point>!
) -> eos_status {
    TrainerHandle.reporting(trainer, .looks) { handle throws(EosError) in
        try fill(out, "out", with: eos_point(handle.trainer.current, in: handle.trainer.space))
    }
}

@c @implementation
public func eos_trainer_best(
    _ trainer: OpaquePointer!, _ out: UnsafeMutablePointer<eos_point>!
) -> eos_status {
    TrainerHandle.reporting(trainer, .looks) { handle throws(EosError) in
        try fill(out, "out", with: eos_point(handle.trainer.best, in: handle.trainer.space))
    }
}

extension eos_point {
    fileprivate init(_ point: Trainer.Point, in space: HostSpace) {
        self.init()
        struct_size = UInt32(MemoryLayout<eos_point>.size)
        dtype = space.type.rawValue
        dimension = Int64(space.count)
        x = point.x
        value = point.value
        iteration = Int64(point.iteration)
    }
}
