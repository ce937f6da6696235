import CEos
import EosCore

/// Arrays as NumPy saves them (NEP 1): samples in one file, labels in another.
///
/// (n, features) is a table, (n, steps, channels) series of equal length, (n, planes, rows, columns) images.
struct NPYReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let classes: Int

    private let samples: NPYArray
    private let labels: [Int32]

    init(_ source: DataFiles.Source, classes: Int?, after before: NPYReader?) throws(EosError) {
        samples = try NPYArray(source.samples)
        let sizes = samples.shape
        switch sizes.count {
        case 2: shape = .table(sizes[1])
        case 3: shape = .series(steps: sizes[1], channels: sizes[2])
        case 4: shape = .image(planes: sizes[1], pixels: sizes[2] * sizes[3])
        default:
            throw source.samples.damaged(
                "has the shape \(samples.shapeText); it must be (n, features), (n, steps, channels) or (n, planes, rows, "
                    + "columns)")
        }
        guard sizes[0] > 0, shape.features > 0 else {
            throw source.samples.damaged("has the shape \(samples.shapeText) and no samples; give an array with some")
        }
        count = sizes[0]
        try source.check(shape, after: before?.shape)
        labels = try Self.labels(source.labels!, classes, count: count, source.samples)
        self.classes = classes ?? Int(labels.max() ?? 0) + 1
    }

    func read<Scalar: DataScalar>(
        _ index: Int, into samples: Samples<Scalar>, at place: Int
    ) throws(EosError) {
        samples.labels[place] = labels[index]
        let target = samples.sample(place)
        try self.samples.read(from: index * shape.features, count: shape.features, into: target)
    }

    private static func labels(
        _ file: DataFile, _ classes: Int?, count: Int, _ samples: DataFile
    ) throws(EosError) -> [Int32] {
        let array = try NPYArray(file)
        guard array.shape == [count] || array.shape == [count, 1] else {
            throw file.damaged(
                "has the shape \(array.shapeText), but \(samples.path) holds \(count) samples; labels must be (\(count),)"
            )
        }
        var labels: [Int32] = []
        labels.reserveCapacity(count)
        for index in 0..<count {
            let label = array.number(index)
            guard label >= 0, label < Double(classes ?? Int(Int32.max)), label == label.rounded() else {
                throw file.wrongLabel("\(label)", sample: index, classes: classes)
            }
            labels.append(Int32(label))
        }
        return labels
    }
}
