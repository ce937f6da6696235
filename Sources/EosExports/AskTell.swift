import CEos
import EosCore

@c @implementation
public func eos_trainer_ask(
    _ trainer: OpaquePointer!, _ request: UnsafeMutablePointer<eos_request>!
) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        try handle.requireAskTell()
        try requireSize(request, "request")
        let asked = try handle.trainer.request()
        var out = eos_request()
        out.kind = asked.kind.rawValue
        out.want = asked.want
        out.dtype = handle.trainer.space.type.rawValue
        out.dimension = Int64(handle.trainer.space.count)
        out.x = asked.x
        out.v = asked.v
        out.out = asked.out
        out.evaluation = asked.evaluation
        try fill(request, "request", with: out)
    }
}

@c @implementation
public func eos_trainer_tell(_ trainer: OpaquePointer!, _ status: eos_status, _ value: Double) -> eos_status {
    TrainerHandle.reporting(trainer) { handle throws(EosError) in
        try handle.requireAskTell()
        try handle.trainer.answer(status, value: value)
    }
}

extension TrainerHandle {
    fileprivate func requireAskTell() throws(EosError) {
        guard objective == nil else {
            throw EosError(
                EOS_E_STATE,
                "this trainer evaluates its objective itself; for ask and tell, make it by eos_trainer_new_ask_tell")
        }
    }
}
