import CEos
import EosCore

/// The files of a data set: samples, their labels where the format keeps these apart, and the same of the test part.
struct DataFiles {
    private let format: DataFormat
    private let training: SampleFiles
    private let testing: SampleFiles?

    init(_ keys: Configuration, _ directories: [String]) throws(EosError) {
        func source(_ file: String, _ labels: String) throws(EosError) -> SampleFiles? {
            guard let name = try? keys.string(file) else { return nil }
            let labelName = try? keys.string(labels)
            return SampleFiles(
                samples: try DataFile(name, key: file, directories: directories),
                labels: try labelName.map { (name) throws(EosError) in
                    try DataFile(name, key: labels, directories: directories)
                })
        }
        format = DataFormat(rawValue: try keys.string("data.format"))!
        training = try source("data.file", "data.labels")!
        testing = try source("data.test_file", "data.test_labels")
    }

    func samples<Scalar: DataScalar>(_ request: DataRequest) throws(EosError) -> Samples<Scalar> {
        switch format {
        case .csv: try read(request, CSVReader.self)
        case .idx: try read(request, IDXReader.self)
        case .cifar: try read(request, CIFARReader.self)
        case .ts: try read(request, SeriesReader.self)
        case .npy: try read(request, NPYReader.self)
        }
    }

    private func read<Reader: SampleReader, Scalar: DataScalar>(
        _ request: DataRequest, _: Reader.Type
    ) throws(EosError) -> Samples<Scalar> {
        let rule = LabelRule(classes: request.classes, isRelabelled: request.isRelabelled)
        let first = try Reader(training, rule, after: nil)
        let second = try testing.map { (source) throws(EosError) in try Reader(source, rule, after: first) }
        let (train, test) = try counts(request, first.count, second?.count)
        let samples = try Samples<Scalar>(
            train: train, test: test, shape: try shape(second?.shape ?? first.shape, request),
            classes: (second ?? first).labels.count,
            hasLengths: first.hasLengths || second?.hasLengths == true)
        for index in 0..<train { try first.read(index, into: samples, at: index) }
        for index in 0..<test {
            if let second {
                try second.read(index, into: samples, at: train + index)
            } else {
                try first.read(train + index, into: samples, at: train + index)
            }
        }
        return samples
    }

    /// The shape of samples whose rows are cut into steps as `data.channels` says.
    private func shape(_ read: SampleShape, _ request: DataRequest) throws(EosError) -> SampleShape {
        guard let channels = request.channels else { return read }
        guard read.layout == .table else {
            throw EosError(
                EOS_E_CONFIG,
                "data.channels = \(channels), but \(training.samples.path) does not hold rows of features; remove it")
        }
        guard read.features % channels == 0 else {
            throw EosError(
                EOS_E_CONFIG,
                "data.channels = \(channels) does not divide the \(read.features) features of a row of "
                    + "\(training.samples.path); give a divisor")
        }
        return .series(steps: read.features / channels, channels: channels)
    }

    /// How many samples are taken from files with so many.
    private func counts(_ request: DataRequest, _ first: Int, _ second: Int?) throws(EosError) -> (Int, Int) {
        let test = request.test ?? second ?? 0
        if let second, test > second {
            throw tooFew("data.test = \(test)", testing!.samples, second)
        }
        let rest = second == nil ? first - min(test, first) : first
        let train = request.train ?? rest
        guard train <= rest else {
            let asked = request.train.map { "data.train = \($0)" } ?? "data.train"
            throw tooFew(
                second == nil && test > 0 ? "\(asked) and data.test = \(test)" : asked, training.samples, first)
        }
        guard train > 0 else {
            throw tooFew(
                "one for training\(test > 0 && second == nil ? " besides data.test = \(test)" : "")", training.samples,
                first)
        }
        return (train, test)
    }

    private func tooFew(_ asked: String, _ file: DataFile, _ count: Int) -> EosError {
        EosError(
            EOS_E_CONFIG, "\(file.path): has \(count) samples, fewer than requested: \(asked); request fewer samples")
    }
}
