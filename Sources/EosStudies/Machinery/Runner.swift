import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation
import Synchronization

/// Executes experiments, some at a time, the longest first; what is done already is not done again.
final class Runner: Sendable {
    private enum Finished: Sendable {
        case run(RunDirectory, diverged: Bool, reason: String)
        case computed(Numbers, seconds: Double)
        case broken(String)
    }

    private struct Job: Sendable {
        let experiment: Experiment
        let execution: RunExecution?
        let since: Double
    }

    private struct State {
        /// The longest last.
        var waiting: [Experiment] = []
        var running: [String: Job] = [:]
        var finished: [String: Finished] = [:]
        /// What was worked off here: its cost, and the seconds that it took.
        var worked = (cost: 0.0, seconds: 0.0)
    }

    private let study: any Study
    private let experiments: [Experiment]
    private let output: OutputDirectory
    private let store: RunStore
    private let laboratory: Laboratory
    private let specs: [String: RunSpec]
    private let cancelled: Cancellation
    private let state = Mutex(State())
    private let threads = Atomic(0)

    /// - Throws: for a spec that is wrong, before anything is begun.
    init(
        _ study: any Study, _ experiments: [Experiment], _ output: OutputDirectory, _ workbench: Workbench,
        _ cancelled: Cancellation
    ) throws(EosError) {
        self.study = study
        self.experiments = experiments
        self.output = output
        self.cancelled = cancelled
        laboratory = Laboratory(workbench, cancelled)
        store = try RunStore(output, workbench)
        var specs: [String: RunSpec] = [:]
        for experiment in experiments {
            if case .run(let text) = experiment.work { specs[experiment.key] = try store.spec(experiment.key, text) }
        }
        self.specs = specs
        for experiment in experiments {
            let known = try known(experiment)
            state.withLock { state in
                if let known { state.finished[experiment.key] = known } else { state.waiting.append(experiment) }
            }
        }
        state.withLock { $0.waiting.sort { $0.cost < $1.cost } }
    }

    /// Experiments that need not be done any more.
    var doneAlready: Int { state.withLock { $0.finished.count } }

    /// Works everything off, unless it is cancelled.
    ///
    /// - Parameter progress: hears five times a second how far it is, on this thread.
    /// - Returns: nil where it was cancelled; trainings are saved then.
    func run(atMost jobs: Int, _ progress: (StudyProgress) -> Void) throws(EosError) -> Results? {
        let count = max(1, min(jobs, state.withLock { $0.waiting.count }))
        threads.store(count, ordering: .releasing)
        for _ in 0..<count {
            let thread = Thread { @Sendable [self] in
                work()
                threads.subtract(1, ordering: .releasing)
            }
            // Eigenvalue computations and parsers want more than half a megabyte.
            thread.stackSize = 8 << 20
            thread.start()
        }
        var isTold = false
        var ticks = 0
        while threads.load(ordering: .acquiring) > 0 {
            usleep(20_000)
            ticks += 1
            if cancelled.isCancelled {
                let executions = state.withLock { $0.running.values.compactMap(\.execution) }
                if !isTold { for execution in executions { execution.interrupt() } }
                isTold = true
                // A computation can't be saved, so that nothing is gained by waiting for it.
                if executions.isEmpty { return nil }
            } else if ticks % 10 == 0 {
                progress(report(jobs))
            }
        }
        if cancelled.isCancelled { return nil }
        progress(report(jobs))
        return try results()
    }

    /// A thread's: one experiment after the other.
    private func work() {
        while let experiment = state.withLock({ $0.waiting.popLast() }), !cancelled.isCancelled {
            let since = monotonicTime()
            let finished = finish(experiment, since)
            state.withLock { state in
                state.running[experiment.key] = nil
                guard let finished else { return }
                state.finished[experiment.key] = finished
                state.worked.cost += experiment.cost
                state.worked.seconds += monotonicTime() - since
            }
        }
    }

    /// nil: it was interrupted.
    private func finish(_ experiment: Experiment, _ since: Double) -> Finished? {
        do throws(EosError) {
            switch experiment.work {
            case .run:
                let spec = specs[experiment.key]!
                let directory = try store.prepare(experiment.key, spec)
                let iterations = Int((try? spec.stop.integer("iterations")) ?? 0)
                let execution = RunExecution(directory, iterations: iterations, cancelled)
                begin(Job(experiment: experiment, execution: execution, since: since))
                switch execution.execute() {
                case .done(let diverged, let reason): return .run(directory, diverged: diverged, reason: reason)
                case .broken(let reason): return .broken(reason)
                case .interrupted: return nil
                }
            case .computation(let inputs, let body):
                begin(Job(experiment: experiment, execution: nil, since: since))
                let numbers = try body(laboratory)
                let result = ComputedResult(
                    stamp: stamp(experiment, inputs), numbers: numbers, seconds: monotonicTime() - since)
                try result.write(experiment.key, in: output)
                return .computed(numbers, seconds: result.seconds)
            }
        } catch {
            return cancelled.isCancelled ? nil : .broken("\(error)")
        }
    }

    private func begin(_ job: Job) { state.withLock { $0.running[job.experiment.key] = job } }

    /// What is there from before.
    private func known(_ experiment: Experiment) throws(EosError) -> Finished? {
        switch experiment.work {
        case .run:
            guard let directory = try store.find(experiment.key, specs[experiment.key]!),
                case .done(let diverged, let reason)? = RunExecution.outcome(directory)
            else { return nil }
            return .run(directory, diverged: diverged, reason: reason)
        case .computation(let inputs, _):
            let stamp = stamp(experiment, inputs)
            return ComputedResult(experiment.key, in: output, stamp: stamp).map {
                .computed($0.numbers, seconds: $0.seconds)
            }
        }
    }

    /// Of everything that a computation depends on, but for its code, for which the study's revision stands.
    private func stamp(_ experiment: Experiment, _ inputs: [String: String]) -> String {
        let pairs = inputs.sorted { $0.key < $1.key }.map { "\(quoted($0.key))=\(quoted($0.value))" }
        return "eos \(EOS_VERSION_STRING), \(study.name) \(study.revision): " + pairs.joined(separator: " ")
    }

    private func report(_ jobs: Int) -> StudyProgress {
        let (state, time) = (state.withLock { $0 }, monotonicTime())
        // The costs are those of another machine: how much faster or slower this one is shows on the way.
        let pace = (state.worked.seconds + 5) / (state.worked.cost + 5)
        var left = state.waiting.reduce(0) { $0 + $1.cost } * pace
        var longest = state.waiting.map(\.cost).max().map { $0 * pace } ?? 0
        for job in state.running.values {
            let gone = time - job.since
            // What is left of it by its own progress, else by its cost.
            let share = job.execution?.progress ?? 0
            let rest =
                share > 0.02 && gone > 1
                ? gone * (1 - share) / share : max(job.experiment.cost * pace - gone, 0)
            left += rest
            longest = max(longest, rest)
        }
        let total = experiments.reduce(0) { $0 + $1.cost } * pace
        return StudyProgress(
            study: study.name, done: state.finished.count, total: experiments.count,
            broken: state.finished.values.count { if case .broken = $0 { true } else { false } },
            running: state.running.keys.sorted(), share: total > 0 ? min(max(1 - left / total, 0), 1) : 1,
            secondsLeft: max(left / Double(max(jobs, 1)), longest))
    }

    private func results() throws(EosError) -> Results {
        var (runs, computed): ([String: RunResult], [String: Numbers]) = ([:], [:])
        var broken: [(key: String, reason: String)] = []
        var seconds = 0.0
        let finished = state.withLock(\.finished)
        for experiment in experiments {
            switch finished[experiment.key] {
            case .run(let directory, let diverged, let reason):
                let result = try RunResult(experiment.key, directory, diverged: diverged, reason: reason)
                runs[experiment.key] = result
                seconds += result.seconds
            case .computed(let numbers, let took):
                computed[experiment.key] = numbers
                seconds += took
            case .broken(let reason): broken.append((experiment.key, reason))
            case nil: broken.append((experiment.key, "it was not run"))
            }
        }
        return Results(runs: runs, computed: computed, broken: broken, seconds: seconds)
    }
}
