import CEos
import EosCore

/// Images and labels of MNIST and its like (LeCun, Bottou, Bengio, Haffner 1998): two files, each a big-endian header
/// and unsigned bytes.
struct IDXReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let classes: Int

    private let images: DataFile
    private let labels: UnsafeRawBufferPointer
    private let labelFile: DataFile
    private static let imageHeader = 16
    private static let labelHeader = 8

    init(_ source: DataFiles.Source, classes: Int?, after before: IDXReader?) throws(EosError) {
        images = source.samples
        labelFile = source.labels!
        let sizes = try Self.sizes(images, magic: 2051, "images", of: 3)
        let labelCount = try Self.sizes(labelFile, magic: 2049, "labels", of: 1)[0]
        guard labelCount == sizes[0] else {
            throw labelFile.damaged(
                "holds \(labelCount) labels, but \(images.path) has \(sizes[0]) images; give files that belong together"
            )
        }
        count = sizes[0]
        // The product did not overflow: it is part of the length of the file.
        shape = .image(planes: 1, pixels: sizes[1] * sizes[2])
        guard count > 0, shape.features > 0 else {
            throw images.damaged("holds \(count) images of \(sizes[1]) x \(sizes[2]) pixels; give a file with images")
        }
        try source.check(shape, after: before?.shape)
        labels = UnsafeRawBufferPointer(rebasing: labelFile.bytes[Self.labelHeader...])
        if let classes, let index = labels.firstIndex(where: { $0 >= classes }) {
            throw labelFile.wrongLabel("\(labels[index])", sample: index, classes: classes)
        }
        self.classes = classes ?? Int(labels.max() ?? 0) + 1
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) {
        samples.labels[place] = Int32(labels[index])
        let start = Self.imageHeader + index * shape.features
        samples.sample(place).assign(images.bytes, from: start, count: shape.features)
    }

    /// The sizes in the header, after checking that the file is as long as they say.
    private static func sizes(
        _ file: DataFile, magic: Int, _ contents: String, of rank: Int
    ) throws(EosError) -> [Int] {
        let bytes = file.bytes
        func word(_ index: Int) -> Int { bytes[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= 4 + 4 * rank else {
            throw file.damaged("ends after \(bytes.count) bytes, within the header of idx \(contents); fetch it again")
        }
        guard word(0) == magic else {
            throw file.damaged(
                "begins with \(word(0)) instead of \(magic), the number of idx \(contents) (unsigned bytes); "
                    + "give such a file")
        }
        let sizes = (1...rank).map(word)
        var length = 1
        for size in sizes {
            let (product, overflow) = length.multipliedReportingOverflow(by: size)
            length = overflow ? Int.max / 2 : product
        }
        let expected = 4 + 4 * rank + min(length, Int.max / 2)
        guard bytes.count == expected else {
            throw file.damaged(
                "has \(bytes.count) bytes instead of the \(expected) that its header asks for "
                    + "(\(sizes.map(String.init).joined(separator: " x "))); fetch it again")
        }
        return sizes
    }
}

extension UnsafeMutablePointer where Pointee: DataScalar {
    /// Writes bytes as numbers of 0 to 255.
    func assign(_ bytes: UnsafeRawBufferPointer, from start: Int, count: Int) {
        let source = (bytes.baseAddress! + start).assumingMemoryBound(to: UInt8.self)
        for index in 0..<count { self[index] = Pointee(source[index]) }
    }
}

extension DataFile {
    /// The error for a label that is no class.
    func wrongLabel(_ label: String, sample: Int, classes: Int?) -> EosError {
        let range = classes.map { "0 to \($0 - 1)" } ?? "0 to classes - 1"
        return damaged(
            "sample \(sample + 1): the label is \(label); it must be an integer of \(range): correct it or data.classes"
        )
    }
}

extension DataFiles.Source {
    /// Throws where samples of the test part look different from those for training.
    func check(_ shape: SampleShape, after before: SampleShape?) throws(EosError) {
        guard let before, shape != before else { return }
        func text(_ shape: SampleShape) -> String {
            "\(shape.features) numbers (\(shape.channels) channels x \(shape.steps))"
        }
        throw samples.damaged(
            "its samples have \(text(shape)), those for training \(text(before)); give files that belong together")
    }
}
