import CEos

/// Samples that the host read or generated, training part first. Released with the last reference.
public final class DataSet<Scalar: ParameterScalar>: @unchecked Sendable {
    private let host: UnsafePointer<eos_host>
    private let data: UnsafePointer<eos_dataset>

    fileprivate init(host: UnsafePointer<eos_host>, data: UnsafePointer<eos_dataset>) {
        self.host = host
        self.data = data
        train = Int(data.pointee.train)
        test = Int(data.pointee.test)
        features = Int(data.pointee.features)
        channels = Int(data.pointee.channels)
        steps = Int(data.pointee.steps)
        classes = Int(data.pointee.classes)
        let samples = train + test
        inputs = UnsafeBufferPointer(
            start: data.pointee.inputs?.assumingMemoryBound(to: Scalar.self), count: samples * features)
        labels = UnsafeBufferPointer(start: data.pointee.labels, count: samples)
        lengths = data.pointee.lengths.map { UnsafeBufferPointer(start: $0, count: samples) }
    }

    deinit { host.pointee.release_data(host, data) }

    /// How many samples are for training: those of index `0 ..< train`.
    public let train: Int
    /// How many are for testing: those of index `train ..< train + test`.
    public let test: Int
    /// Elements of one sample.
    public let features: Int
    /// Of one step of a series, or colour planes of an image.
    public let channels: Int
    /// Of the longest series; pixels of a plane for an image; 1 for a table.
    public let steps: Int
    /// Labels are `0 ..< classes`.
    public let classes: Int
    /// (train + test) x features, row-major, standardised as configured.
    public let inputs: UnsafeBufferPointer<Scalar>
    /// train + test.
    public let labels: UnsafeBufferPointer<Int32>
    /// Steps of each sample, train + test; nil where all have `steps`.
    public let lengths: UnsafeBufferPointer<Int64>?

    /// The `features` elements of sample `index`.
    public func sample(_ index: Int) -> UnsafeBufferPointer<Scalar> {
        UnsafeBufferPointer(rebasing: inputs[index * features..<(index + 1) * features])
    }
}

extension HostServices {
    /// Reads or generates the data set that the keys `data.*` describe. The descriptor must say `usesData`.
    ///
    /// - Throws: the host's own error, which names file and line.
    public func loadData<Scalar: ParameterScalar>(
        _ configuration: ConfigReader, as: Scalar.Type = Scalar.self
    ) throws(PluginError) -> DataSet<Scalar> {
        var data: UnsafePointer<eos_dataset>?
        let status = table.pointee.load_data(table, configuration.configuration, Scalar.elementType, &data)
        // The host has said what is wrong itself; saying it again would replace its sentence.
        guard status == EOS_OK else { throw PluginError(Int(status), "") }
        guard let data else { throw .failed("the host returned no data set") }
        return DataSet(host: table, data: data)
    }
}
