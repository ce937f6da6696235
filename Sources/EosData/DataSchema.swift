import CEos
import EosCore

/// The keys `data.*`: which data set a model is trained on.
///
/// A key that only some generators or formats know has no default here, so that one given where it means nothing is an
/// error; its text names the default.
public enum DataSchema {
    public static let schema = Schema(parameters)

    public static let parameters: [Parameter] = [
        Parameter("data.file", .string, "file of the samples, beside the spec or in EOS_DATA_DIR; gz is read directly"),
        Parameter("data.format", .string, choices: DataFormat.allCases.map(\.rawValue), "format of the files"),
        Parameter("data.labels", .string, "file of the labels (idx, npy)"),
        Parameter("data.test_file", .string, "file of the test samples; without it they follow the training samples"),
        Parameter("data.test_labels", .string, "file of the labels of test_file (idx, npy)"),
        Parameter(
            "data.generator", .string, choices: DataGenerator.allCases.map(\.rawValue),
            "generates the samples instead of reading a file"),
        Parameter("data.train", .integer, range: 1...0x1p63, "training samples, in file order; without it, all"),
        Parameter("data.test", .integer, range: 0...0x1p63, "test samples; without it, all of test_file, else none"),
        Parameter(
            "data.standardize", .string, default: Standardization.none.rawValue,
            choices: Standardization.allCases.map(\.rawValue),
            "subtracts mean and divides by standard deviation of the training part"),
        Parameter(
            "data.classes", .integer, range: 1...0x7fff_ffff,
            "classes; without it, the largest label of the files plus 1 (cifar, clusters: 10)"),
        Parameter(
            "data.relabel", .bool,
            "numbers the labels of the training file 0, 1, ... in ascending order, for labels from 1, or -1 and 1 (csv, "
                + "idx, npy)"),
        Parameter(
            "data.channels", .integer, range: 1...0x7fff_ffff,
            "numbers of one step (csv, npy): a row of features is a series, step by step, that many channels each"),
        Parameter("data.dimension", .integer, range: 1...0x1p63, "features (clusters: 16; sparse-coding: 200)"),
        Parameter("data.spread", .number, range: 0...1e300, "standard deviation of the centres (clusters: 0.8)"),
        Parameter("data.noise", .number, range: 0...1e300, "standard deviation around a centre (clusters: 0.9)"),
        Parameter("data.seed", .integer, "seed of the generator (7)"),
        Parameter("data.signal", .number, range: 0...1e300, "length of the signal (sparse-coding: 3)"),
        Parameter("data.steps", .integer, range: 1...0x1p63, "steps of a series (noisy-sine: 50)"),
        Parameter("data.kappa", .number, range: 0...1e300, "strength of the random walk (noisy-sine: 2)"),
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
            throw EosError(EOS_E_CONFIG, "data.file and data.generator are both given; drop one of them")
        case (nil, nil):
            throw EosError(EOS_E_CONFIG, "\(given[0]) is given without data.file or data.generator; give one of them")
        case (.some, nil): try checkFile(configuration, given)
        case (nil, .some): try checkGenerator(configuration, given)
        }
    }

    private static func checkFile(_ configuration: Configuration, _ given: [String]) throws(EosError) {
        guard let format = DataFormat(rawValue: (try? configuration.string("data.format")) ?? "") else {
            let formats = DataFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw EosError(EOS_E_CONFIG, "data.format is missing; it is one of \(formats)")
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
            throw EosError(EOS_E_CONFIG, "data.test_labels is given without data.test_file; give both or none")
        }
    }

    private static func checkGenerator(_ configuration: Configuration, _ given: [String]) throws(EosError) {
        let name = try configuration.string("data.generator")
        let generator = DataGenerator(rawValue: name)!
        let known = ["data.generator", "data.train", "data.test", "data.seed"] + generator.keys
        try checkKeys(given, known, "data.generator = \"\(name)\"")
        guard configuration["data.train"] != nil else {
            throw EosError(EOS_E_CONFIG, "data.train is missing; a generator needs the number of training samples")
        }
    }

    private static func checkKeys(_ given: [String], _ known: [String], _ owner: String) throws(EosError) {
        guard let foreign = given.first(where: { !known.contains($0) }) else { return }
        throw EosError(
            EOS_E_CONFIG,
            "\(foreign) means nothing with \(owner); it takes \(known.dropFirst().joined(separator: ", "))")
    }

    private static func missing(_ key: String, _ format: DataFormat) -> EosError {
        EosError(EOS_E_CONFIG, "\(key) is missing; the format \(format.rawValue) keeps labels in a file of their own")
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
