import EosCore

/// Images and labels of MNIST and its like (LeCun, Bottou, Bengio, Haffner 1998): two files, each a big-endian header
/// and unsigned bytes.
struct IDXReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let labels: ClassLabels

    private let images: DataFile
    private static let imageHeader = 16
    private static let labelHeader = 8

    init(_ source: SampleFiles, _ rule: LabelRule, after before: IDXReader?) throws(EosError) {
        images = source.samples
        let labelFile = source.labels!
        let sizes = try Self.sizes(images, .images)
        let labelCount = try Self.sizes(labelFile, .labels)[0]
        guard labelCount == sizes[0] else {
            throw labelFile.damaged(
                "holds \(labelCount) labels, but \(images.path) has \(sizes[0]) images; give files that belong together"
            )
        }
        count = sizes[0]
        guard !sizes.contains(0) else {
            throw images.damaged("holds \(count) images of \(sizes[1]) x \(sizes[2]) pixels; give a file with images")
        }
        // The product does not overflow: it is part of the length of the file.
        shape = .image(planes: 1, pixels: sizes[1] * sizes[2])
        try source.check(shape, after: before?.shape)
        labels = try ClassLabels(
            labelFile.bytes[Self.labelHeader...].map { Int($0) }, rule, after: before?.labels, in: labelFile
        ) { sample, text in labelFile.damaged("sample \(sample + 1): the label \(text)") }
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) {
        samples.labels[place] = labels.classes[index]
        let start = Self.imageHeader + index * shape.features
        samples.sample(place).assign(images.bytes, from: start, count: shape.features)
    }

    /// What idx files of unsigned bytes hold, by the number that they begin with.
    private enum Contents: Int {
        case labels = 2049
        case images = 2051

        var name: String { self == .labels ? "labels" : "images" }
        /// How many sizes the header has.
        var rank: Int { self == .labels ? 1 : 3 }
    }

    /// The sizes in the header, after checking that the file is as long as they say.
    private static func sizes(_ file: DataFile, _ contents: Contents) throws(EosError) -> [Int] {
        let bytes = file.bytes
        let rank = contents.rank
        func word(_ index: Int) -> Int { bytes[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | Int($1) } }
        if bytes.count >= 4, word(0) != contents.rawValue {
            if let other = Contents(rawValue: word(0)) {
                throw file.damaged(
                    "holds idx \(other.name), but idx \(contents.name) are expected; give the images as data.file and "
                        + "the labels as data.labels")
            }
            throw file.damaged(
                "begins with \(word(0)) instead of \(contents.rawValue), the magic number of idx \(contents.name) "
                    + "(unsigned bytes); give a file of this kind")
        }
        guard bytes.count >= 4 + 4 * rank else {
            throw file.damaged(
                "ends after \(bytes.count) bytes, within the header of idx \(contents.name); download it again")
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
                "has \(bytes.count) bytes instead of the \(expected) that its header requires "
                    + "(\(sizes.map(String.init).joined(separator: " x "))); download it again")
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

extension SampleFiles {
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
