import EosCore

/// Arrays as NumPy saves them (NEP 1): samples in one file, labels in another.
///
/// (n, features) is a table, (n, steps, channels) series of equal length, (n, planes, rows, columns) images.
struct NPYReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let labels: ClassLabels

    private let samples: NPYArray

    init(_ source: SampleFiles, _ rule: LabelRule, after before: NPYReader?) throws(EosError) {
        samples = try NPYArray(source.samples)
        let sizes = samples.shape
        // With a size of 0 the others may be anything, and their product beyond any number.
        guard !sizes.contains(0) else {
            throw source.samples.damaged(
                "has the shape \(samples.shapeText) and no samples; give an array with samples")
        }
        switch sizes.count {
        case 2: shape = .table(sizes[1])
        case 3: shape = .series(steps: sizes[1], channels: sizes[2])
        case 4: shape = .image(planes: sizes[1], pixels: sizes[2] * sizes[3])
        default:
            throw source.samples.damaged(
                "has the shape \(samples.shapeText); it must be (n, features), (n, steps, channels) or (n, planes, "
                    + "rows, columns)")
        }
        count = sizes[0]
        try source.check(shape, after: before?.shape)
        let labelFile = source.labels!
        labels = try ClassLabels(
            try Self.numbers(labelFile, count: count, source.samples), rule, after: before?.labels, in: labelFile
        ) { sample, text in labelFile.damaged("sample \(sample + 1): the label \(text)") }
    }

    func read<Scalar: DataScalar>(
        _ index: Int, into samples: Samples<Scalar>, at place: Int
    ) throws(EosError) {
        samples.labels[place] = labels.classes[index]
        let target = samples.sample(place)
        try self.samples.read(from: index * shape.features, count: shape.features, into: target)
    }

    private static func numbers(
        _ file: DataFile, count: Int, _ samples: DataFile
    ) throws(EosError) -> [Int] {
        let array = try NPYArray(file)
        guard array.shape == [count] || array.shape == [count, 1] else {
            throw file.damaged(
                "has the shape \(array.shapeText), but \(samples.path) holds \(count) samples; labels must be "
                    + "(\(count),)"
            )
        }
        var numbers: [Int] = []
        numbers.reserveCapacity(count)
        for index in 0..<count {
            guard let number = ClassLabels.integer(array.number(index)) else {
                throw file.damaged("sample \(index + 1): the label is \(array.number(index)); it must be an integer")
            }
            numbers.append(number)
        }
        return numbers
    }
}
