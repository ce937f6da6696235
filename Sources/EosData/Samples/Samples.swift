import CEos
import EosCore
import Glibc

/// The samples of a data set while it is filled: inputs all zero, labels 0, every series of full length.
final class Samples<Scalar: DataScalar> {
    let train: Int
    let test: Int
    let shape: SampleShape
    let classes: Int
    /// (train + test) x features, row-major.
    let inputs: UnsafeMutablePointer<Scalar>
    let labels: UnsafeMutablePointer<Int32>
    /// Steps of each sample; nil where all have as many.
    let lengths: UnsafeMutablePointer<Int64>?
    private var isHandedOver = false

    var count: Int { train + test }

    /// - Throws: `EOS_E_MEMORY`, with the size.
    init(train: Int, test: Int, shape: SampleShape, classes: Int, hasLengths: Bool = false) throws(EosError) {
        let (count, countOverflow) = train.addingReportingOverflow(test)
        let (size, overflow) = count.multipliedReportingOverflow(by: shape.features)
        guard !countOverflow, !overflow, size <= Int.max / MemoryLayout<Scalar>.stride else {
            throw EosError(
                EOS_E_MEMORY,
                "\(train) + \(test) samples of \(shape.features) numbers exceed any memory; use fewer samples")
        }
        let bytes = size * MemoryLayout<Scalar>.stride
        // The kernel promises more than it has.
        let inputs = UInt64(bytes) > Memory.limit ? nil : calloc(max(size, 1), MemoryLayout<Scalar>.stride)
        let labels = calloc(max(count, 1), MemoryLayout<Int32>.stride)
        let lengths = hasLengths ? calloc(max(count, 1), MemoryLayout<Int64>.stride) : nil
        guard let inputs, let labels, lengths != nil || !hasLengths else {
            free(inputs)
            free(labels)
            free(lengths)
            throw EosError(
                EOS_E_MEMORY,
                "there is not enough memory for \(count) samples of \(shape.features) numbers (\(bytes) bytes); use "
                    + "fewer with data.train and data.test")
        }
        self.train = train
        self.test = test
        self.shape = shape
        self.classes = classes
        self.inputs = inputs.bindMemory(to: Scalar.self, capacity: max(size, 1))
        self.labels = labels.bindMemory(to: Int32.self, capacity: max(count, 1))
        self.lengths = lengths?.bindMemory(to: Int64.self, capacity: max(count, 1))
    }

    deinit {
        if isHandedOver { return }
        free(inputs)
        free(labels)
        free(lengths)
    }

    /// The elements of sample `index`.
    func sample(_ index: Int) -> UnsafeMutablePointer<Scalar> { inputs + index * shape.features }

    /// Elements of sample `index` that are not padding; they come first.
    func extent(_ index: Int) -> Int { lengths.map { Int($0[index]) * shape.channels } ?? shape.features }

    /// Gives the memory to `table`, whose owner frees it.
    func hand(over table: UnsafeMutablePointer<eos_dataset>) {
        isHandedOver = true
        table.pointee = eos_dataset(
            struct_size: UInt32(MemoryLayout<eos_dataset>.size), dtype: Scalar.type.rawValue, train: Int64(train),
            test: Int64(test), features: Int64(shape.features), channels: Int64(shape.channels),
            steps: Int64(shape.steps), classes: Int64(classes), inputs: inputs, labels: labels,
            lengths: lengths.map { UnsafePointer($0) })
    }
}

/// What one sample looks like; the fields of `eos_dataset`.
struct SampleShape: Equatable {
    enum Layout { case table, series, image }

    var layout: Layout
    var channels: Int
    var steps: Int

    static func table(_ features: Int) -> SampleShape { SampleShape(layout: .table, channels: features, steps: 1) }
    static func series(steps: Int, channels: Int) -> SampleShape {
        SampleShape(layout: .series, channels: channels, steps: steps)
    }
    static func image(planes: Int, pixels: Int) -> SampleShape {
        SampleShape(layout: .image, channels: planes, steps: pixels)
    }

    /// Elements of one sample.
    var features: Int { channels * steps }

    /// The channel of element `index`: planes lie one after the other in an image, channels within a step otherwise.
    func channel(_ index: Int) -> Int { layout == .image ? index / steps : index % channels }
}

/// The element types of inputs.
protocol DataScalar: BinaryFloatingPoint {
    static var type: ElementType { get }
}

extension DataScalar {
    /// The number nearest to a finite `value`; nil beyond the largest one.
    init?(inRange value: Double) {
        self.init(value)
        if !isFinite { return nil }
    }

    /// What messages say of a finite number that has no neighbour of this type.
    static var beyondRange: String { "beyond the range of \(type.name); scale the feature, or train in f64" }
}

extension Float: DataScalar { static var type: ElementType { .f32 } }
extension Double: DataScalar { static var type: ElementType { .f64 } }
