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
        let started: Double
        /// What is to become of the run where its worker has to be killed.
        var forced: StopCause?
        /// When the worker is killed, in seconds since 1970.
        var deadline = Double.infinity
    }

    var work: Work? { if case .working(let work) = activity { work } else { nil } }
    var isQueued: Bool { if case .queued = activity { true } else { false } }
}
