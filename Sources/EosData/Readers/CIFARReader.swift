import EosCore

/// The binary version of CIFAR-10 (Krizhevsky 2009): records of a label byte and 3 planes of 32 x 32 bytes.
struct CIFARReader: SampleReader {
    let count: Int
    let shape = SampleShape.image(planes: 3, pixels: 1024)
    let labels: ClassLabels

    private let file: DataFile
    private static let record = 3073

    init(_ source: SampleFiles, _ rule: LabelRule, after before: CIFARReader?) throws(EosError) {
        file = source.samples
        let (records, rest) = file.bytes.count.quotientAndRemainder(dividingBy: Self.record)
        guard rest == 0, records > 0 else {
            throw file.damaged(
                "has \(file.bytes.count) bytes, \(rest) more than \(records) records of \(Self.record); download it "
                    + "again, in the binary version of CIFAR-10")
        }
        count = records
        let file = file
        labels = try ClassLabels(
            (0..<records).map { Int(file.bytes[$0 * Self.record]) },
            LabelRule(classes: rule.classes ?? 10, isRelabelled: false, isRelabellable: false), after: before?.labels,
            in: file
        ) { sample, text in file.damaged("sample \(sample + 1): the label \(text)") }
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) {
        samples.labels[place] = labels.classes[index]
        samples.sample(place).assign(file.bytes, from: index * Self.record + 1, count: shape.features)
    }
}
