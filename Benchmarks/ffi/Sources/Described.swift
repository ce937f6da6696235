import CEos
import CFFIBenchmark
import EosCore
import EosForeign
import EosPluginHost
import Glibc

/// What a manifest makes of the functions of libdirect.so.
final class Described {
    private let native: any Objective
    private let foreign: any Objective
    private let library: ForeignLibrary
    private let handle: UnsafeMutableRawPointer
    private let host = Host(threads: 1)
    private var x = [0.0, 0.0]
    private var gradient = [0.0, 0.0]

    init(library path: String) throws {
        let manifest = try Manifest(
            text: """
                id = "org.example.direct"
                version = "1"
                licence = "MIT"
                library = "\(path)"
                [[objective]]
                id = "org.example.bowl"
                dimension = 2
                start = 0
                [objective.value]
                function = "double bowl(int n, const double *x, double *gradient)"
                arguments = { n = "dimension", x = "point", gradient = "gradient" }
                returns = "value"
                gradient_may_be_null = true
                [[policy]]
                id = "org.example.ask_known"
                [policy.search]
                function = "double ask_known(double (*phi)(double t))"
                arguments = { phi = "phi" }
                returns = "step"
                [[policy]]
                id = "org.example.ask_new"
                [policy.search]
                function = "double ask_new(double (*phi)(double t))"
                arguments = { phi = "phi" }
                returns = "step"
                """, file: "benchmark.toml")
        library = try ForeignLibrary.load(manifest)
        handle = dlopen(path, RTLD_NOW)!
        let offer = manifest.description.objectives[0]
        foreign = try library.makeObjective(offer, try offer.resolve(Configuration()), host: host)
        native = try TableObjective(ops: bowl_table()!.assumingMemoryBound(to: eos_objective_ops.self), instance: nil)
    }

    func timeNative(_ calls: Int64) -> Double { time(native, calls) }
    func timeForeign(_ calls: Int64) -> Double { time(foreign, calls) }

    private func time(_ objective: any Objective, _ calls: Int64) -> Double {
        x[0] = 0
        let start = now()
        for _ in 0..<calls {
            var value = 0.0
            let want = UInt32(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
            guard objective.evaluate(at: x, want: want, gradient: &gradient, evaluation: 1, value: &value) == EOS_OK
            else { return .nan }
            x[0] = value * 0.1
        }
        return (now() - start) / Double(calls)
    }

    /// Nanoseconds that a call of phi takes inside the search, at least, and what its thread took from the heap in all.
    func leastOfSearch(_ name: String) throws -> (Double, Int64) {
        let time = unsafeBitCast(dlsym(handle, "last_time")!, to: (@convention(c) () -> Double).self)
        let taken = unsafeBitCast(dlsym(handle, "last_allocations")!, to: (@convention(c) () -> Int64).self)
        let offer = library.description.policies.first { $0.name == name }!
        var policy = try library.makePolicy(offer, try offer.resolve(Configuration()), host: host)
        var least = (Double.infinity, Int64(0))
        for _ in 0..<15 {
            try search(&policy)
            least = (min(least.0, time()), least.1 + taken())
        }
        return least
    }

    /// One search to its end, on f(t) = 1 - t.
    private func search(_ policy: inout any Policy) throws {
        var iterate = eos_iterate()
        iterate.value = 1
        iterate.slope = -1
        iterate.gradient_norm2 = 1
        iterate.last_step = .nan
        var trial = eos_trial()
        trial.finite = 1
        trial.step = try policy.propose(iterate)
        while true {
            trial.value = 1 - trial.step
            guard case .tryStep(let step) = try policy.judge(iterate, trial) else { return }
            trial.step = step
            trial.index += 1
        }
    }
}
