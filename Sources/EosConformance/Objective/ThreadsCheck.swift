import CEos
import EosCore

extension Check where Subject == ObjectiveSubject {
    /// Instances on other threads than their creator's, two at once, and one on many where it says that it may be.
    static var threads: Check {
        Check("threads", "other threads and two instances at once give the same bits") { subject throws(EosError) in
            let first = try subject.make()
            guard first.isDeterministic else {
                return .skipped("there is nothing to compare, because the same point gives different bits each time")
            }
            let second = try subject.make()
            let points = try first.points().map(\.x)
            let other = try first.points().map { (_, x) throws(EosError) in try first.displaced(x, by: 0.2, seed: 9) }
            // By an instance of their own, so that nothing that is kept can help.
            let alone = try subject.make()
            let expected = try evaluations(alone, points)
            let expectedOther = try evaluations(alone, other)

            subject.parent.note("evaluating on another thread")
            if try collect(1, { _ throws(EosError) in try evaluations(first, points) })[0] != expected {
                return .fail(
                    "evaluations on another thread than that of create give different bits; use no thread-local "
                        + "variables"
                )
            }
            subject.parent.note("evaluating with two instances on two threads at once")
            let rounds = max(1, min(50, Int(0.1 * subject.limit / max(try seconds(first, points), 1e-7))))
            let both = try collect(2) { index throws(EosError) -> Bool in
                for _ in 0..<rounds {
                    let isRight =
                        index == 0
                        ? try evaluations(first, points) == expected
                        : try evaluations(second, other) == expectedOther
                    if !isRight { return false }
                }
                return true
            }
            guard both == [true, true] else {
                let what = "two instances on two threads at once give different bits than alone"
                // Code that has never heard of instances is as it is: the host calls it on one thread at a time.
                guard subject.parent.plugin != nil else { return .warning("\(what); run only one in a process") }
                return .fail("\(what); give each its own memory, without static variables")
            }
            guard first.has(EOS_OBJECTIVE_REENTRANT) else { return .pass("another thread, two instances at once") }
            subject.parent.note("evaluating with one instance on four threads at once")
            let many = try collect(4) { index throws(EosError) -> Bool in
                for round in 0..<rounds {
                    let isRight =
                        (index + round) % 2 == 0
                        ? try evaluations(first, points) == expected
                        : try evaluations(first, other) == expectedOther
                    if !isRight { return false }
                }
                return true
            }
            guard many.allSatisfy({ $0 }) else {
                return .fail(
                    "evaluations on four threads at once give different bits than alone; remove "
                        + "EOS_OBJECTIVE_REENTRANT, or let "
                        + "evaluate write only to its own memory")
            }
            return .pass("another thread, two instances at once, one on four threads at once")
        }
    }

    private static func evaluations(_ instance: Instance, _ points: [Vector]) throws(EosError) -> [Instance.Evaluation]
    {
        var result: [Instance.Evaluation] = []
        for x in points { result.append(try instance.evaluate(x.pointer)) }
        return result
    }

    private static func seconds(_ instance: Instance, _ points: [Vector]) throws(EosError) -> Double {
        let start = monotonicTime()
        _ = try evaluations(instance, points)
        return monotonicTime() - start
    }

    /// What `body` gives on each of `count` threads.
    private static func collect<Result>(
        _ count: Int, _ body: @escaping (Int) throws(EosError) -> Result
    ) throws(EosError) -> [Result] {
        let results = UnsafeMutablePointer<Swift.Result<Result, EosError>?>.allocate(capacity: count)
        results.initialize(repeating: nil, count: count)
        defer {
            results.deinitialize(count: count)
            results.deallocate()
        }
        onThreads(count) { index in
            do throws(EosError) { results[index] = .success(try body(index)) } catch {
                results[index] = .failure(error)
            }
        }
        var all: [Result] = []
        for index in 0..<count { all.append(try results[index]!.get()) }
        return all
    }
}
