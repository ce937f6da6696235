import CEos
import EosCore

/// The binary version of CIFAR-10 (Krizhevsky 2009): records of a label byte and 3 planes of 32 x 32 bytes.
struct CIFARReader: SampleReader {
    let count: Int
    let shape = SampleShape.image(planes: 3, pixels: 1024)
    let classes: Int

    private let file: DataFile
    private static let record = 3073

    init(_ source: DataFiles.Source, classes: Int?, after before: CIFARReader?) throws(EosError) {
        file = source.samples
        self.classes = classes ?? 10
        let (records, rest) = file.bytes.count.quotientAndRemainder(dividingBy: Self.record)
        guard rest == 0, records > 0 else {
            throw file.damaged(
                "has \(file.bytes.count) bytes, \(rest) beyond \(records) records of \(Self.record); fetch it again, "
                    + "in the binary version of CIFAR-10")
        }
        count = records
        for index in 0..<records {
            let label = file.bytes[index * Self.record]
            guard label < self.classes else {
                throw file.wrongLabel("\(label)", sample: index, classes: self.classes)
            }
        }
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) {
        samples.labels[place] = Int32(file.bytes[index * Self.record])
        samples.sample(place).assign(file.bytes, from: index * Self.record + 1, count: shape.features)
    }
}
