/// The ids of a trainer's points: equal ids mean the same point. Not saved: a state that is loaded gets new ones.
struct EvaluationIDs {
    /// Of the iterate.
    var iterate: Int64
    /// Of the last trial, or of the last displaced point.
    var trial: Int64 = 0
    /// Of the search under way: the id before that of its first trial.
    private(set) var search: Int64 = 0
    private var last: Int64

    /// At the starting point.
    init() {
        last = EvaluationID.block() + 1
        iterate = last
    }

    /// Within a search whose last trial has this index.
    init(trialIndex index: Int) {
        search = EvaluationID.block() + 2
        iterate = search - 1
        trial = search + 1 + Int64(max(index, 0))
        last = trial
    }

    mutating func next() -> Int64 {
        last += 1
        return last
    }

    mutating func beginSearch() { search = last }

    /// The trials of a search follow one another.
    func ofTrial(_ index: Int) -> Int64 { search + 1 + Int64(index) }
}
