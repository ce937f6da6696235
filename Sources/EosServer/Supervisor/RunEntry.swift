import EosCore
import EosRuns
import Foundation

/// What the supervisor knows of a run.
struct RunEntry: Sendable {
    let directory: RunDirectory
    var report: RunReport
    /// Of its spec; nil: that can't be read, so that the run can't be started.
    var needs: RunNeeds?
    var activity = Activity.none
    let feed: RunFeed

    enum Activity: Sendable {
        /// Nobody works on it.
        case none
        /// It waits for its turn.
        case queued
        /// It was lost and waits for its restart; the number tells one wait from the next.
        case restarting(Int)
        case working(Work)
    }

    struct Work: Sendable {
        let link: WorkerLink
        let threads: Int
        /// Before the worker could record anything, in seconds since 1970.
        let started: Double
        /// What somebody wants of the run, whatever becomes of its worker.
        var wish: Wish?
        /// What is to become of the run where its worker has to be killed.
        var forced: StopCause?
        /// When the worker is killed, on the monotonic clock.
        var deadline = Double.infinity
        /// Seconds since the worker was heard of.
        var silence = 0
    }

    enum Wish: Sendable {
        case pause, stop
    }

    var work: Work? { if case .working(let work) = activity { work } else { nil } }

    /// Nothing where nobody works on it.
    mutating func changeWork(_ change: (inout Work) -> Void) {
        guard case .working(var work) = activity else { return }
        change(&work)
        activity = .working(work)
    }

    var isQueued: Bool { if case .queued = activity { true } else { false } }
}
