import EosCore

/// What `eos reproduce NAME` does: experiments, and a report on them that holds a paper's claims against what came out.
///
/// To write a study:
///
/// 1. Make a folder beside `Machinery/` with a type that conforms to this protocol, and add one line to `Studies.all`.
/// 2. `experiments` lists everything that is to be computed. An experiment is a training
///    (`Experiment(key, run: TOML)`, executed by an `eos-worker` in `OUT/runs/KEY`), or numbers that a closure computes in
///    this process (`Experiment(key, inputs: ...) { laboratory in ... }`, kept in `OUT/results/KEY.json`). Each takes one
///    processor; as many go on at once as there are. None may depend on another: a study with a choice to make (the
///    best constant step) computes all candidates, and the report chooses. State each one's `cost` in seconds: the
///    longest are begun first, and the time left is told from it. What is done is not done again, so that a report can
///    be changed and made anew in a second; raise `revision` when what a closure computes changes.
/// 3. `report` reads `results.run(KEY)` and `results.numbers(KEY)`, which are nil for an experiment that broke (the
///    report lists those by itself), and gives tables, figures and claims. A training that diverged is no broken
///    experiment but a result: `RunResult.diverged`.
/// 4. In `quick` everything together takes less than 80 s on two processors; `minutes` is what was measured.
/// 5. Look at every figure (`OUT/figures/*.png`) as a reader would.
///
/// Nothing that is measured may be typed in: every number of the report comes from `results`.
public protocol Study: Sendable {
    /// As on the command line: "flatland".
    var name: String { get }
    /// Of the paper.
    var title: String { get }
    /// Authors, year, arXiv number.
    var citation: String { get }
    /// What is done, in a sentence or two.
    var summary: String { get }
    /// Of wall time on two processors.
    func minutes(_ scale: Scale) -> Double
    /// Files below `EOS_DATA_DIR` that the experiments read, as "digits/optdigits.tes": a reproduction does not begin
    /// without them.
    func dataFiles(_ scale: Scale) -> [String]
    /// Of the closures' mathematics: results of another revision are computed anew.
    var revision: Int { get }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment]
    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport
}

extension Study {
    public var revision: Int { 1 }
    public func dataFiles(_ scale: Scale) -> [String] { [] }
}

/// How much of a study is done.
public enum Scale: String, Sendable, CaseIterable {
    /// Less than two minutes on two processors.
    case quick
    /// All that the report speaks of.
    case full

    /// "quick" or "full": one of two values.
    public func pick<Value>(quick: Value, full: Value) -> Value { self == .quick ? quick : full }
}
