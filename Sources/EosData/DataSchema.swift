import CEos
import EosCore

/// The keys `data.*`: which data set a model is trained on.
///
/// A key that only some generators or formats know has no default here, so that one given where it means nothing is an
/// error; its text names the default.
public enum DataSchema {
    public static let schema = Schema(parameters)

    public static let parameters: [Parameter] = [
        Parameter(
            "data.file", .string,
            "file of the samples, beside the spec or in EOS_DATA_DIR; it may be compressed with gzip"),
        Parameter("data.format", .string, choices: DataFormat.allCases.map(\.rawValue), "format of the files"),
        Parameter("data.labels", .string, "file of the labels (idx, npy)"),
        Parameter("data.test_file", .string, "file of the test samples; by default they follow the training samples"),
        Parameter("data.test_labels", .string, "file of the labels of test_file (idx, npy)"),
        Parameter(
            "data.generator", .string, choices: DataGenerator.allCases.map(\.rawValue),
            "generator of the samples, instead of a file"),
        Parameter(
            "data.train", .integer, range: 1...0x1p63,
            "number of training samples, in the order of the file; by default all"),
        Parameter(
            "data.test", .integer, range: 0...0x1p63, "number of test samples; by default all of test_file, or none"),
        Parameter(
            "data.standardize", .string, default: Standardization.none.rawValue,
            choices: Standardization.allCases.map(\.rawValue),
            "subtracts the mean of the training samples and divides by their standard deviation"),
        Parameter(
            "data.classes", .integer, range: 1...0x7fff_ffff,
            "number of classes; by default the largest label plus 1 (10 for cifar and clusters)"),
        Parameter(
            "data.relabel", .bool,
            "renumbers the labels of the training file 0, 1, ... in ascending order, such as labels from 1, or -1 "
                + "and 1 (csv, "
                + "idx, npy)"),
        Parameter(
            "data.channels", .integer, range: 1...0x7fff_ffff,
            "number of channels (csv, npy): a row of features is a series of steps with this many numbers each"),
        Parameter(
            "data.dimension", .integer, range: 1...0x1p63, "number of features (16 for clusters, 200 for sparse-coding)"
        ),
        Parameter("data.spread", .number, range: 0...1e300, "standard deviation of the centres (0.8 for clusters)"),
        Parameter("data.noise", .number, range: 0...1e300, "standard deviation around a centre (0.9 for clusters)"),
        Parameter("data.seed", .integer, "seed of the generator (7)"),
        Parameter("data.signal", .number, range: 0...1e300, "length of the signal (3 for sparse-coding)"),
        Parameter("data.steps", .integer, range: 1...0x1p63, "number of steps of a series (50 for noisy-sine)"),
        Parameter("data.kappa", .number, range: 0...1e300, "strength of the random walk (2 for noisy-sine)"),
    ]

    /// What a data set that is missing is refused with.
    public static let noneGiven = "no data set is given; give data.file and data.format, or data.generator"

    /// Whether `configuration` describes a data set at all.
    public static func isGiven(in configuration: Configuration) -> Bool {
        configuration["data.file"] != nil || configuration["data.generator"] != nil
    }

    /// Checks that the keys of a resolved configuration go together; none at all do.
    ///
    /// - Throws: `EOS_E_CONFIG`, naming the key that is missing or that means nothing here.
    public static func check(_ configuration: Configuration) throws(EosError) {
        let given = configuration.keys.filter { $0.hasPrefix("data.") && $0 != "data.standardize" }
        if given.isEmpty { return }
        switch (configuration["data.file"], configuration["data.generator"]) {
        case (.some, .some):
            throw EosError(EOS_E_CONFIG, "data.file and data.generator exclude each other; remove one")
        case (nil, nil):
            throw EosError(EOS_E_CONFIG, "\(given[0]) is given without data.file or data.generator; give one of them")
        case (.some, nil): try checkFile(configuration, given)
        case (nil, .some): try checkGenerator(configuration, given)
        }
    }

    private static func checkFile(_ configuration: Configuration, _ given: [String]) throws(EosError) {
        guard let format = DataFormat(rawValue: (try? configuration.string("data.format")) ?? "") else {
            let formats = DataFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw EosError(EOS_E_CONFIG, "data.format is missing; give one of \(formats)")
        }
        var known = ["data.file", "data.format", "data.test_file", "data.train", "data.test"]
        if format != .ts { known.append("data.classes") }
        if format.hasNumberedLabels { known.append("data.relabel") }
        if format.hasRows { known.append("data.channels") }
        if format.hasLabelFile {
            known += ["data.labels", "data.test_labels"]
            guard configuration["data.labels"] != nil else { throw missing("data.labels", format) }
            if configuration["data.test_file"] != nil, configuration["data.test_labels"] == nil {
                throw missing("data.test_labels", format)
            }
        }
        try checkKeys(given, known, "data.format = \"\(format.rawValue)\"")
        if configuration["data.test_labels"] != nil, configuration["data.test_file"] == nil {
            throw EosError(EOS_E_CONFIG, "data.test_labels needs data.test_file; give both or neither")
        }
    }

    private static func checkGenerator(_ configuration: Configuration, _ given: [String]) throws(EosError) {
        let name = try configuration.string("data.generator")
        let generator = DataGenerator(rawValue: name)!
        let known = ["data.generator", "data.train", "data.test", "data.seed"] + generator.keys
        try checkKeys(given, known, "data.generator = \"\(name)\"")
        guard configuration["data.train"] != nil else {
            throw EosError(EOS_E_CONFIG, "data.train is missing; give the number of training samples to generate")
        }
    }

    private static func checkKeys(_ given: [String], _ known: [String], _ owner: String) throws(EosError) {
        guard let foreign = given.first(where: { !known.contains($0) }) else { return }
        throw EosError(
            EOS_E_CONFIG,
            "\(foreign) has no meaning with \(owner); its keys are \(known.dropFirst().joined(separator: ", "))")
    }

    private static func missing(_ key: String, _ format: DataFormat) -> EosError {
        EosError(
            EOS_E_CONFIG, "\(key) is missing; give the file of the labels, which the format \(format.rawValue) needs")
    }
}

/// The formats of data files.
public enum DataFormat: String, CaseIterable, Sendable {
    case csv, idx, cifar, ts, npy

    /// Whether labels are numbers of one's choice.
    var hasNumberedLabels: Bool { self != .ts && self != .cifar }
    var hasLabelFile: Bool { self == .idx || self == .npy }
    /// Whether a sample may be a row of features, which is a table or a series as one likes.
    var hasRows: Bool { self == .csv || self == .npy }
}

/// The generators of data.
public enum DataGenerator: String, CaseIterable, Sendable {
    case clusters
    case sparseCoding = "sparse-coding"
    case noisySine = "noisy-sine"

    /// Those that it alone takes.
    var keys: [String] {
        switch self {
        case .clusters: ["data.classes", "data.dimension", "data.spread", "data.noise"]
        case .sparseCoding: ["data.dimension", "data.signal"]
        case .noisySine: ["data.steps", "data.kappa"]
        }
    }
}
