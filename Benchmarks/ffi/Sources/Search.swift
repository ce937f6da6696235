import CEos
import CFFIBenchmark
import EosCore
import EosFFI
import EosForeign
import EosPluginHost
import Glibc

/// A search of C as a policy, which measures what its calls of phi cost.
final class Search {
    private let policy: any Policy
    private(set) var allocations: Int64 = 0

    init(_ symbol: String) throws {
        let functions = ["ask_known": ask_known, "ask_new": ask_new]
        let function: @convention(c) (phi_function?) -> Double = functions[symbol]!
        let signature = try SignatureParser.function("double \(symbol)(double (*phi)(double t))")
        let search = try SearchDeclaration(
            signature, try TypeTable(),
            roles: [.callback(try CallbackShape(try SignatureParser.function("double phi(double t)"), giving: .value))],
            returns: .step)
        let declaration = try PolicyDeclaration(
            id: "bench.\(symbol)", title: symbol, source: nil, parameters: [], search: search)
        policy = try declaration.makePolicy(
            unsafeBitCast(function, to: UnsafeRawPointer.self), library: declaration as AnyObject,
            try declaration.schema.resolve(Configuration(), for: "policy"), host: Host(threads: 1))
    }

    /// One search to its end: nanoseconds a call.
    func time() -> Double {
        var iterate = eos_iterate()
        iterate.value = 1
        iterate.slope = -1
        iterate.gradient_norm2 = 1
        iterate.last_step = .nan
        var trial = eos_trial()
        trial.finite = 1
        do {
            trial.step = try policy.propose(iterate)
            search: while true {
                trial.value = 1 - trial.step
                switch try policy.judge(iterate, trial) {
                case .tryStep(let step): trial.step = step
                case .accept: break search
                }
                trial.index += 1
            }
            allocations += last_allocations()
        } catch { fatalError("\(error)") }
        return last_time()
    }
}
