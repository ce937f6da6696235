/// A data set of paths, as keys of `data.*`.
struct PathTask: Sendable {
    let name: String
    let title: String
    let data: String
    /// Below EOS_DATA_DIR.
    let files: [String]
    let units: Int
    /// Seconds of an iteration on one processor, roughly.
    let cost: Double
    /// Of a series in figures.
    let style: Int

    /// n = 200 noisy sines of 50 steps, drawn anew for every seed.
    static let synthetic = PathTask(
        name: "synthetic", title: "synthetic", data: "data.generator=noisy-sine data.train=200 data.test=2000",
        files: [],
        units: 10, cost: 2e-4, style: 0)

    static let motions = PathTask(
        name: "motions", title: "BasicMotions",
        data: series("basic_motions/BasicMotions"), files: seriesFiles("basic_motions/BasicMotions"), units: 20,
        cost: 1e-3, style: 1)

    static let vowels = PathTask(
        name: "vowels", title: "Japanese Vowels",
        data: series("japanese_vowels/JapaneseVowels"), files: seriesFiles("japanese_vowels/JapaneseVowels"),
        units: 20, cost: 2e-3, style: 2)

    static let digits = PathTask(
        name: "digits", title: "pen digits",
        data: "data.file=pendigits/pendigits.tra data.test_file=pendigits/pendigits.tes data.format=csv "
            + "data.channels=2 data.standardize=per-channel",
        files: ["pendigits/pendigits.tra", "pendigits/pendigits.tes"], units: 20, cost: 2e-2, style: 3)

    static let all = [synthetic, motions, vowels, digits]

    private static func series(_ stem: String) -> String {
        "data.file=\(stem)_TRAIN.ts data.test_file=\(stem)_TEST.ts data.format=ts data.standardize=per-channel"
    }

    private static func seriesFiles(_ stem: String) -> [String] { ["\(stem)_TRAIN.ts", "\(stem)_TEST.ts"] }

    /// Keys of the objective.
    func keys(sigma: Double, seed: Int) -> String {
        "units=\(units) sigma=\(sigma) \(data)" + (files.isEmpty ? " data.seed=\(seed)" : "")
    }
}
