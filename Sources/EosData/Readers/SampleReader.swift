import EosCore

/// What a reader is given: samples, and their labels where the format keeps these apart.
struct SampleFiles {
    let samples: DataFile
    let labels: DataFile?
}

/// Reads samples of one format. Making one checks the structure of the whole file.
protocol SampleReader {
    /// - Parameter before: the reader of the training part, where this is the test part: shapes and labels must be the
    ///   same.
    init(_ source: SampleFiles, _ rule: LabelRule, after before: Self?) throws(EosError)

    var count: Int { get }
    /// Of all samples of this reader and the one before.
    var shape: SampleShape { get }
    /// Their count is of this reader and the one before.
    var labels: ClassLabels { get }
    var hasLengths: Bool { get }

    /// Writes inputs, label and, where there are any, length of sample `index` to place `place` of `samples`.
    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) throws(EosError)
}

extension SampleReader {
    var hasLengths: Bool { false }
}
