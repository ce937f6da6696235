import CEos
import EosCore
import Glibc

/// A data set in memory: the owner of an `eos_dataset` and of all that it points to.
public final class Dataset: @unchecked Sendable {
    /// Valid for as long as the data set.
    public var table: UnsafePointer<eos_dataset> { UnsafePointer(mutableTable) }

    private let mutableTable = UnsafeMutablePointer<eos_dataset>.allocate(capacity: 1)

    /// Reads or generates what the keys `data.*` describe; other keys are passed over.
    ///
    /// - Parameters:
    ///   - type: element type of the inputs, which are held in this type only.
    ///   - directories: where relative names of files are looked up, before the directory `EOS_DATA_DIR`.
    /// - Throws: `EOS_E_CONFIG` for keys that do not go together, `EOS_E_IO` for a file that can't be read,
    ///   `EOS_E_FORMAT` for one that is damaged, with file and place, `EOS_E_MEMORY`.
    public init(
        _ configuration: Configuration, as type: ElementType, directories: [String] = []
    ) throws(EosError) {
        // First of all: deinit runs whatever throws below, as every stored property has its value already.
        mutableTable.initialize(to: eos_dataset())
        let request = try DataRequest(configuration, directories)
        switch type {
        case .f32: try Self.load(request, Float.self).hand(over: mutableTable)
        case .f64: try Self.load(request, Double.self).hand(over: mutableTable)
        }
    }

    deinit {
        free(UnsafeMutableRawPointer(mutating: table.pointee.inputs))
        free(UnsafeMutableRawPointer(mutating: table.pointee.labels))
        free(UnsafeMutableRawPointer(mutating: table.pointee.lengths))
        mutableTable.deallocate()
    }

    private static func load<Scalar: DataScalar>(
        _ request: DataRequest, _: Scalar.Type
    ) throws(EosError) -> Samples<Scalar> {
        let samples: Samples<Scalar>
        switch request.source {
        case .generator(let generator): samples = try generator.samples(request)
        case .files(let files): samples = try files.samples(request)
        }
        request.standardization.apply(to: samples)
        return samples
    }
}
