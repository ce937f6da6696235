import CCounting
import CFFIBenchmark
import EosFFI
import Glibc

// What a call through EosFFI costs beside the same call through a function pointer of C, within one run.
let calls: Int64 = 1_000_000
let types = try TypeTable()
let forward = try ForwardCalls(types)
let backward = try BackwardCalls(types)

/// The cases of a group taken in turn, so that what else the machine does comes out: least and median of 15, and what
/// each costs more than the first.
func compare(_ title: String, _ cases: [(name: String, time: () -> Double)]) {
    var times = [[Double]](repeating: [], count: cases.count)
    for _ in 0..<15 {
        for (index, one) in cases.enumerated() { times[index].append(one.time()) }
    }
    let sorted = times.map { $0.sorted() }
    print("\(title), ns a call".padded(to: 52), "   least  median  overhead (least)  allocations a call")
    for (one, times) in zip(cases, sorted) {
        let before = eos_allocations()
        _ = one.time()
        // Those of making a closure, where the case makes one, are not of a call.
        let allocations = Double(eos_allocations() - before) / Double(calls)
        print(
            "  \(one.name)".padded(to: 52), times[0].column(8), times[7].column(7),
            (times[0] - sorted[0][0]).column(17), (allocations < 1e-4 ? "0" : "\(allocations)").leading(to: 19))
    }
}

compare(
    "double bowl(int n, const double *x, double *gradient)",
    [
        ("direct", { time_direct(calls) }), ("ffi_call alone", { time_ffi_call(calls) }),
        ("ForeignCall, arguments set once", { forward.timeValue(calls) }),
        ("ForeignCall, every argument set", { forward.timeSettingAll(calls) }),
    ])
compare(
    "void bowl_by_reference(int *n, ..., double *value, ...)",
    [("direct", { time_reference(calls) }), ("ForeignCall", { forward.timeReference(calls) })])
compare(
    "double phi(double t), called by C",
    [
        ("direct", { search(square, calls) }), ("closure of libffi, handler in C", { time_bare_closure(calls) }),
        ("Closure, handler in Swift with an object", { backward.time(calls) }),
    ])

// What a manifest describes, as training calls it.
let described = try Described(library: CommandLine.arguments[1])
compare(
    "Objective.evaluate with gradient",
    [
        ("a native table that calls directly", { described.timeNative(calls) }),
        ("a manifest's function", { described.timeForeign(calls) }),
    ])

// phi as a search calls it on its thread. What is known is answered there; a new step goes to the trainer's thread and
// back, which no direct call does.
let (ofKnown, known) = try described.leastOfSearch("ask_known")
let (ofNew, new) = try described.leastOfSearch("ask_new")
print("phi of a policy's search, least of 15")
print("  known step: \(ofKnown.column(0)) ns a call, \(known) allocations in \(KNOWN_CALLS) calls")
print(
    "  new step, by the trainer's thread: \(ofNew.column(0)) ns a call, \(new) allocations in \(NEW_CALLS) calls"
)
