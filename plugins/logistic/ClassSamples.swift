import CEos
import EosPluginKit

/// Samples of two classes, training part first.
struct ClassSamples {
    let train: Int
    let test: Int
    let features: Int
    /// -1 or +1.
    let signs: [Double]
    private let inputs: UnsafeBufferPointer<Double>
    /// Holds the memory of `inputs`.
    private let owner: AnyObject

    /// From the keys `data.*` where there are any, else separable by construction.
    init(configuration: ConfigReader, host: HostServices) throws {
        let fromHost = try ["data.file", "data.generator"].contains { try configuration.string(ifSet: $0) != nil }
        if fromHost {
            try SeparableSamples.refuseKeys(in: configuration)
            try self.init(host.loadData(configuration))
        } else {
            try self.init(SeparableSamples(configuration: configuration, host: host))
        }
    }

    private init(_ data: DataSet<Double>) throws {
        guard data.classes == 2 else {
            throw PluginError.configuration(
                "the data have \(data.classes) classes; give data with two classes, labelled 0 and 1")
        }
        guard data.train > 0 else {
            throw PluginError.configuration("data.train = 0 leaves no sample for training; give at least 1")
        }
        train = data.train
        test = data.test
        features = data.features
        signs = data.labels.map { $0 == 0 ? -1 : 1 }
        inputs = data.inputs
        owner = data
    }

    private init(_ separable: SeparableSamples) {
        train = separable.signs.count
        test = 0
        features = separable.dimension
        signs = separable.signs
        inputs = UnsafeBufferPointer(separable.inputs.elements)
        owner = separable.inputs
    }

    /// The `features` numbers of sample `index`.
    func inputs(of index: Int) -> UnsafeBufferPointer<Double> {
        UnsafeBufferPointer(rebasing: inputs[index * features..<(index + 1) * features])
    }
}
